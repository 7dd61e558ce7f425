/** One dataset's analysis: its child process, its state, and what the panel asks of it. */
import path from 'node:path';
import type * as vscode from 'vscode';
import { startChild, type Child } from '../host/child.ts';
import { chooseRuntime } from '../host/runtime.ts';
import type { StageName, StageProgress } from '../protocol/analysis.ts';
import { defaultEvaluation, type Evaluation } from '../protocol/evaluation.ts';
import type { LawFit } from '../protocol/law.ts';
import type { PanelState, WriteWish } from '../protocol/panel.ts';
import { defaultPrediction, type Prediction } from '../protocol/prediction.ts';
import type { StudyReport } from '../protocol/study.ts';
import { defaultSweep, type SweepReport } from '../protocol/sweep.ts';
import {
  Analyze,
  DrawAttribution,
  Evaluate,
  FitLaw,
  MakePlan,
  Predict,
  Study,
  Sweep,
  WriteCopy,
  type AnalysisSettings,
  type AttributionPicture,
  type CopySummary,
} from '../protocol/worker.ts';
import type { Settings } from './settings.ts';

export interface SessionOptions {
  readonly folder: string;
  readonly workerPath: string;
  readonly log: vscode.LogOutputChannel;
  /** Read anew at every run. */
  readonly settings: () => Settings;
  readonly onState: (state: PanelState) => void;
  readonly onProgress: (progress: StageProgress) => void;
  /** Said once, when the slower WebAssembly build of sharp has to serve. */
  readonly onSlowSharp: () => void;
}

export interface Session {
  readonly state: PanelState;
  /** Runs the analysis, in a new child process where there is none. */
  run(): Promise<void>;
  /** Stops what is under way: the analysis, or the writing of a copy. */
  cancel(): void;
  request: Child['request'];
  writeCopy(wish: WriteWish, plan: string, out: string): Promise<CopySummary>;
  evaluate(wish: WriteWish, plan: string): Promise<Evaluation>;
  predict(): Promise<Prediction>;
  study(): Promise<StudyReport>;
  sweep(): Promise<SweepReport>;
  /** To a CSV file of trainings, with the best mix for a budget. */
  fitLaw(file: string, budgetBytes: number): Promise<LawFit>;
  /** Of one image of the dataset, by its path in it. */
  drawAttribution(image: string): Promise<AttributionPicture>;
  dispose(): void;
}

export function createSession(options: SessionOptions): Session {
  const { folder, log, onState, onProgress } = options;
  const stages = new Map<StageName, StageProgress>();
  let state: PanelState = { kind: 'cancelled', folder };
  let child: Child | undefined;
  let analyzed: AnalysisSettings | undefined;
  let running: AbortController | undefined;
  let disposed = false;

  const become = (next: PanelState) => {
    state = next;
    if (!disposed) onState(next);
  };

  const start = async ({ storeFolder, nodePath }: Settings): Promise<Child> => {
    const { platform, execPath, versions } = process;
    const runtime = await chooseRuntime({
      platform,
      execPath,
      versions,
      ...(nodePath === undefined ? {} : { nodePath }),
    });
    const { workerPath } = options;
    const started = await startChild({
      runtime,
      workerPath,
      storeFolder,
      log: (level, text) => {
        log[level](text);
      },
    });
    const { node, sharp, processId } = started.info;
    log.info(`Process ${processId} does the work: ${runtime.execPath}, Node.js ${node}, ${sharp} sharp`);
    if (sharp === 'wasm') options.onSlowSharp();
    started.onProgress((progress) => {
      stages.set(progress.stage, progress);
      if (state.kind === 'running') state = { ...state, progress: [...stages.values()] };
      onProgress(progress);
    });
    void started.ended.then((how) => {
      if (child !== started) return;
      child = undefined;
      log.error(`The process that does the work ${how}`);
      if (state.kind === 'ready')
        become({ kind: 'failed', folder, message: `The process that does the work ${how}. Finished stages are kept.` });
    });
    return started;
  };

  /** One job at a time can be cancelled. */
  const cancellable = async <T>(job: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const controller = new AbortController();
    running = controller;
    try {
      return await job(controller.signal);
    } finally {
      if (running === controller) running = undefined;
    }
  };

  const request: Child['request'] = async (type, params, signal) => {
    if (child === undefined) throw new Error('Nothing runs at the moment: run the analysis again');
    return child.request(type, params, signal);
  };

  const run = async () => {
    if (running !== undefined) return;
    stages.clear();
    become({ kind: 'running', folder, progress: [] });
    await cancellable(async (signal) => {
      try {
        const settings = options.settings();
        child ??= await start(settings);
        if (disposed) throw new Error('The panel was closed');
        const summary = await child.request(Analyze, { folder, settings: settings.analysis }, signal);
        analyzed = settings.analysis;
        become({ kind: 'ready', folder, summary });
      } catch (error) {
        if (signal.aborted) become({ kind: 'cancelled', folder });
        else {
          log.error(error as Error);
          become({ kind: 'failed', folder, message: messageOf(error) });
        }
      }
    });
    if (disposed) child?.dispose();
  };

  return {
    get state() {
      return state;
    },
    run,
    cancel: () => running?.abort(),
    request,
    writeCopy: ({ budgetBytes, policy: name }, plan, out) =>
      cancellable(async (signal) => {
        if (analyzed === undefined) throw new Error('Run the analysis first');
        const budget = { bytes: budgetBytes };
        const policy = { name, diversity: 0 };
        await request(MakePlan, { folder, settings: analyzed, budget, policy, out: plan }, signal);
        return request(WriteCopy, { plan, out: path.resolve(out) }, signal);
      }),
    evaluate: ({ budgetBytes, policy: name }, plan) =>
      cancellable(async (signal) => {
        if (analyzed === undefined) throw new Error('Run the analysis first');
        const settings = analyzed;
        const policy = { name, diversity: 0 };
        await request(MakePlan, { folder, settings, budget: { bytes: budgetBytes }, policy, out: plan }, signal);
        return request(Evaluate, { plan, settings, evaluation: defaultEvaluation }, signal);
      }),
    predict: () =>
      cancellable(async (signal) => {
        if (analyzed === undefined) throw new Error('Run the analysis first');
        return request(Predict, { folder, settings: analyzed, prediction: defaultPrediction }, signal);
      }),
    study: () => cancellable((signal) => request(Study, { folder, settings: options.settings().analysis }, signal)),
    sweep: () =>
      cancellable(async (signal) => {
        const { qualities, seeds, epochs } = defaultSweep;
        const settings = { ...options.settings().analysis, qualities };
        const report = await request(Sweep, { folder, settings, sweep: { seeds, epochs } }, signal);
        // What was measured is priced anew, in test error.
        if (analyzed !== undefined) {
          const summary = await request(Analyze, { folder, settings: analyzed }, signal);
          state = { kind: 'ready', folder, summary };
        }
        return report;
      }),
    fitLaw: (file, budgetBytes) => request(FitLaw, { file, budgets: [budgetBytes], paper: false }),
    drawAttribution: (image) =>
      cancellable((signal) =>
        request(DrawAttribution, { folder, settings: options.settings().analysis, path: image }, signal),
      ),
    dispose: () => {
      disposed = true;
      running?.abort();
      child?.dispose();
      child = undefined;
    },
  };
}

/** The first line: stacks belong to the log. */
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
