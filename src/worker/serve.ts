import path from 'node:path';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import type { Analysis } from '../core/analysis.ts';
import { checkPolicy, chooseByPolicy } from '../core/by-policy.ts';
import { readPlan, verifyCopy, writeCopy } from '../core/copy/index.ts';
import { UsageError } from '../core/errors.ts';
import { evaluatePlan, settingsOfPlan } from '../core/evaluate-plan.ts';
import type { JobContext } from '../core/job.ts';
import { createEncoder } from '../core/jpeg/index.ts';
import { adapt } from '../core/run-adapt.ts';
import { makePlan } from '../core/make-plan.ts';
import { analyze, scan } from '../core/pipeline.ts';
import { predictError } from '../core/predict-error.ts';
import { getPrediction } from '../core/prediction-store.ts';
import { sweep } from '../core/run-sweep.ts';
import { fitLaw, readPoints } from '../core/sweep/index.ts';
import { attributionOf, study } from '../core/study.ts';
import { drawAttribution } from '../core/attribution-picture.ts';
import type { Ports } from '../core/ports.ts';
import type { OpenTrainer } from '../core/probe/index.ts';
import { openStore, type Store } from '../core/store/index.ts';
import { usualPolicy } from '../protocol/policy.ts';
import * as wire from '../protocol/worker.ts';
import { answering } from './answering.ts';
import { throttled } from './progress.ts';
import { chooseTrainer } from './choose-trainer.ts';
import { analysisOrder, analysisRows } from './rows.ts';

/** Serves one session: a store, and the last analysis, from which rows and plans are made. */
export function serve(sharp: 'native' | 'wasm'): void {
  const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
  const answer = answering(connection);
  const log = (level: 'info' | 'warn' | 'error', message: string) =>
    void connection.sendNotification(wire.ReportLog, { level, message });
  let store: Store | undefined;
  let last: { settings: wire.AnalysisSettings; key: string; analysis: Analysis } | undefined;

  const openedStore = () => {
    if (store === undefined) throw new UsageError(`Expected ${wire.OpenSession.method} before anything else`);
    return store;
  };
  const lastRun = () => {
    if (last === undefined) throw new UsageError(`Expected ${wire.Analyze.method} first`);
    return last;
  };
  const lastAnalysis = () => lastRun().analysis;
  const jobOf = (signal: AbortSignal): JobContext => ({
    signal,
    onProgress: throttled((progress) => void connection.sendNotification(wire.ReportProgress, progress)),
  });
  const portsFor = (settings: wire.AnalysisSettings): Ports => {
    const openTrainer: OpenTrainer = (signal) =>
      chooseTrainer(path.join(__dirname, 'training.cjs'), settings.engine, log, signal);
    return { encoder: createEncoder(settings), openTrainer, store: openedStore(), log };
  };
  const run = async ({ folder, settings }: wire.AnalyzeParams, signal: AbortSignal) => {
    const analysis = await analyze(folder, settings, portsFor(settings), jobOf(signal));
    last = { settings, key: JSON.stringify([folder, settings]), analysis };
    return analysis;
  };
  const analysisOf = ({ folder, settings }: wire.AnalyzeParams, signal: AbortSignal) =>
    last?.key === JSON.stringify([folder, settings]) ? last.analysis : run({ folder, settings }, signal);

  answer(wire.OpenSession, ({ storeFolder }) => {
    store?.close();
    store = openStore(storeFolder);
    return { node: process.versions.node, sharp, processId: process.pid };
  });
  answer(wire.Scan, ({ folder, task }, signal) => scan(folder, task, portsFor(wire.defaultSettings), jobOf(signal)));
  answer(wire.Analyze, async (params, signal) => (await run(params, signal)).summary);
  answer(wire.GetFrontier, () => lastAnalysis().frontier);
  answer(wire.GetRows, ({ samples }) => analysisRows(lastAnalysis(), samples));
  answer(wire.GetOrder, ({ by }) => analysisOrder(lastAnalysis(), by));
  answer(wire.Study, ({ folder, settings }, signal) => study(folder, settings, portsFor(settings), jobOf(signal)));
  answer(wire.DrawAttribution, async ({ folder, path: image, settings }, signal) => {
    const found = await attributionOf(folder, image, settings, portsFor(settings), jobOf(signal));
    return { png: await drawAttribution(found), trained: found.trained };
  });
  answer(wire.Sweep, ({ folder, settings, sweep: wanted }, signal) =>
    sweep(folder, settings, wanted, portsFor(settings), jobOf(signal)),
  );
  answer(wire.Adapt, ({ folder, settings, adapt: wanted }, signal) =>
    adapt(folder, settings, wanted, portsFor(settings), jobOf(signal)),
  );
  answer(wire.FitLaw, async ({ file, budgets, mostImages, paper }) => {
    const points = await readPoints(file);
    const bytes = points.map((point) => point.bytes);
    const limits = {
      mostImages: mostImages ?? Math.max(...points.map(({ images }) => images)),
      bytes: [Math.min(...bytes), Math.max(...bytes)],
    } as const;
    return fitLaw(points, { budgets, limits, paper });
  });
  answer(wire.MakePlan, async ({ folder, settings, budget, policy, out }, signal) => {
    checkPolicy(policy, settings);
    const analysis = await analysisOf({ folder, settings }, signal);
    const choose = (_: Analysis, budgetBytes: number) =>
      chooseByPolicy(analysis, budgetBytes, policy, settings, portsFor(settings), jobOf(signal));
    const known = policy.diversity === 0 ? getPrediction(openedStore(), analysis, settings, policy.name) : undefined;
    return makePlan(analysis, settings, budget, out, choose, known);
  });
  answer(wire.Predict, async ({ folder, settings, prediction }, signal) => {
    checkPolicy({ name: prediction.policy, diversity: 0 }, settings);
    const analysis = await analysisOf({ folder, settings }, signal);
    return predictError(analysis, settings, prediction, portsFor(settings), jobOf(signal));
  });
  answer(wire.GetPrediction, () => {
    const { analysis, settings } = lastRun();
    return getPrediction(openedStore(), analysis, settings, usualPolicy.name) ?? null;
  });
  answer(wire.Evaluate, async ({ plan, settings: given, evaluation }, signal) => {
    const { header } = await readPlan(plan);
    const settings = settingsOfPlan(header, given);
    for (const name of evaluation.against) checkPolicy({ name, diversity: 0 }, settings);
    const analysis = await analysisOf({ folder: header.root, settings }, signal);
    return evaluatePlan(plan, analysis, settings, evaluation, portsFor(settings), jobOf(signal));
  });
  answer(wire.WriteCopy, ({ plan, out }, signal) => writeCopy(plan, out, jobOf(signal)));
  answer(wire.VerifyCopy, ({ out }, signal) => verifyCopy(out, jobOf(signal)));

  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  connection.listen();
}
