/** The wire between a shell (extension or command line) and its child process. */
import { NotificationType, RequestType } from 'vscode-jsonrpc';
import type {
  AnalysisSummary,
  DatasetSummary,
  Problem,
  Problems,
  Rows,
  SortColumn,
  StageProgress,
  Task,
} from './analysis.ts';
import type { AdaptReport, AdaptSettings } from './adapt.ts';
import type { Budget } from './budget.ts';
import type { ByteModel } from './byte-model.ts';
import type { DuplicateSummary } from './duplicates.ts';
import type { Codings } from './encoding.ts';
import type { Evaluation, EvaluationSettings } from './evaluation.ts';
import type { Frontier } from './frontier.ts';
import { defaultGuards, type Guards } from './guards.ts';
import type { LawFit } from './law.ts';
import type { CostUnit } from './prices.ts';
import type { PolicyChoice } from './policy.ts';
import type { PredictedError, Prediction, PredictionSettings } from './prediction.ts';
import type { SweepReport, SweepSettings } from './sweep.ts';
import type { StudyQuality, StudyReport } from './study.ts';

export interface ErrorData {
  /** What kind of failure, for programs: "usage", "input", "failed". */
  readonly code: 'usage' | 'input' | 'failed';
}

/** What can train; which of them a machine has shows when they are tried. */
export const engineNames = ['cpu', 'webgpu', 'directml', 'coreml', 'cuda', 'tensorflow'] as const;
export type EngineName = (typeof engineNames)[number];
/** `auto` is the fastest of those that agree with the CPU. */
export type EngineChoice = 'auto' | EngineName;

export interface AnalysisSettings {
  /** Found from the files when absent. */
  readonly task?: Task;
  /** Ascending, 1..100. */
  readonly qualities: readonly number[];
  readonly codings: Codings;
  readonly optimizeHuffman: boolean;
  /** Looks for near-duplicates. */
  readonly duplicates: boolean;
  readonly folds: number;
  readonly seeds: number;
  readonly epochs: number;
  /** Trained on every image at random qualities, on originals alone, or both for comparison: then the mixed ones plan. */
  readonly probes: 'mixed' | 'originals' | 'both';
  /** Share of the images that is probed; the rest is foretold from cheap signs, 0..1. */
  readonly probeShare: number;
  /** Measures how well cheap signs would foretell the sensitivities. */
  readonly proxies: boolean;
  /** Smallest and largest budget in play, as shares: images whose choice is settled between them get no more seeds. */
  readonly budgetRange?: readonly [number, number];
  /** The user's own classifier, an ONNX file, that measures instead of probes. */
  readonly model?: string;
  readonly engine: EngineChoice;
  /** What a file takes of a budget. */
  readonly byteModel: ByteModel;
  /** Bytes of budget that a second of training is worth; with 0, time is free. */
  readonly secondWorth: number;
  /** Input size of the probe network in pixels; chosen from the images when absent. */
  readonly probeSide?: number;
  readonly guards: Guards;
}

export const defaultSettings: AnalysisSettings = {
  qualities: [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95],
  codings: ['4:2:0'],
  optimizeHuffman: true,
  duplicates: true,
  folds: 3,
  seeds: 2,
  epochs: 4,
  probes: 'mixed',
  probeShare: 1,
  proxies: false,
  engine: 'auto',
  byteModel: 'plain',
  secondWorth: 0,
  guards: defaultGuards,
};

/** Where the child keeps what it measured; sent once, before anything else. */
export interface SessionParams {
  readonly storeFolder: string;
}
export interface SessionInfo {
  readonly node: string;
  /** "native", or "wasm" where native sharp would clash with Chromium's libraries. */
  readonly sharp: 'native' | 'wasm';
  readonly processId: number;
}

export interface AnalyzeParams {
  readonly folder: string;
  readonly settings: AnalysisSettings;
}

export interface AttributionPicture {
  readonly png: Uint8Array;
  /** What the tiles after the first were trained at. */
  readonly trained: readonly StudyQuality[];
}

export interface LawParams {
  readonly file: string;
  /** Budgets to find the optimum of, bytes. */
  readonly budgets: readonly number[];
  /** Images that there are; as many as the points with the most when absent. */
  readonly mostImages?: number;
  /** As Mentzer & Montanari (2024) fitted. */
  readonly paper: boolean;
}

export interface PlanParams extends AnalyzeParams {
  readonly budget: Budget;
  readonly policy: PolicyChoice;
  /** Plan file to write. */
  readonly out: string;
}

/** Expected seconds of training the probe network on this machine. */
export interface PlannedTime {
  /** Bytes of budget that a second is worth. */
  readonly secondWorth: number;
  /** With every image that could be dropped. */
  readonly allSeconds: number;
  /** With those that the plan keeps. */
  readonly plannedSeconds: number;
  /** What of the budget is time: that of the kept images that could be dropped. */
  readonly timeBytes: number;
}

/** What is predicted of a plan, and what that rests on. */
export interface PlannedError
  extends Pick<PredictedError, 'error' | 'interval'>, Pick<Prediction, 'task' | 'coverage'> {
  /** Of networks that were trained on all originals. */
  readonly original: number;
}

export interface PlanSummary {
  readonly path: string;
  readonly policy: PolicyChoice;
  readonly budgetBytes: number;
  readonly originalBytes: number;
  readonly bytes: number;
  /** How the bytes above are counted, and what they are without it. */
  readonly byteModel: ByteModel;
  readonly plainBytes: number;
  /** Samples by option: "drop", "50" for that quality of the usual coding, "50 webp", "original". */
  readonly mix: Readonly<Record<string, number>>;
  /** Expected, over originals. */
  readonly cost: number;
  readonly costUnit: CostUnit;
  /** Of plans by sensitivities without diversity, which alone are proved to be near the best. */
  readonly lowerBound?: number;
  readonly pricePerByte?: number;
  /** Absent where nothing was trained. */
  readonly time?: PlannedTime;
  /** Test error by trainings at other budgets, where there are some under this analysis that lie around this one. */
  readonly predicted?: PlannedError;
  /** True when no larger budget would change a file. */
  readonly everyFileAtBest: boolean;
  readonly duplicates?: DuplicateSummary;
  readonly problems: Problems;
}

export interface EvaluateParams {
  readonly plan: string;
  readonly settings: AnalysisSettings;
  readonly evaluation: EvaluationSettings;
}

export interface WriteParams {
  readonly plan: string;
  readonly out: string;
}

export interface CopySummary {
  readonly out: string;
  readonly written: number;
  readonly reused: number;
  readonly dropped: number;
  /** Images and other files together. */
  readonly bytes: number;
  readonly byteModel: ByteModel;
  /** What they take of the budget. */
  readonly countedBytes: number;
  readonly budgetBytes: number;
  readonly skipped: readonly Problem[];
}

export interface VerifySummary {
  readonly files: number;
  readonly bytes: number;
  readonly complete: boolean;
  readonly faults: readonly { readonly path: string; readonly fault: string }[];
}

export const OpenSession = new RequestType<SessionParams, SessionInfo, ErrorData>('session/open');
export const Scan = new RequestType<{ folder: string; task?: Task }, DatasetSummary, ErrorData>('scan');
export const Analyze = new RequestType<AnalyzeParams, AnalysisSummary, ErrorData>('analyze');
/** Of the last analysis of this session. */
export const GetFrontier = new RequestType<void, Frontier, ErrorData>('analysis/frontier');
export const GetRows = new RequestType<{ samples: Uint32Array }, Rows, ErrorData>('analysis/rows');
/** Sample numbers in ascending order of a column. */
export const GetOrder = new RequestType<{ by: SortColumn }, Uint32Array, ErrorData>('analysis/order');
/** The study of training on compressed images (study.ts). */
export const Study = new RequestType<AnalyzeParams, StudyReport, ErrorData>('study');
/** A PNG of one image and of the pixels that networks' losses rest on, trained at each of the study's qualities. */
export const DrawAttribution = new RequestType<AnalyzeParams & { path: string }, AttributionPicture, ErrorData>(
  'study/attribution',
);
/** Trainings over numbers of images × qualities (sweep.ts). */
export const Sweep = new RequestType<AnalyzeParams & { sweep: SweepSettings }, SweepReport, ErrorData>('sweep');
/** Training on compressed images whose levels follow their losses (adapt.ts). */
export const Adapt = new RequestType<AnalyzeParams & { adapt: AdaptSettings }, AdaptReport, ErrorData>('adapt');
/** Fits the storage law to a CSV file of points. */
export const FitLaw = new RequestType<LawParams, LawFit, ErrorData>('law');
export const MakePlan = new RequestType<PlanParams, PlanSummary, ErrorData>('plan');
/** Trains on a plan's copy and on its rivals' (evaluation.ts); what the plan's header tells overrides the settings. */
export const Evaluate = new RequestType<EvaluateParams, Evaluation, ErrorData>('evaluate');
/** Trains on the copies of some budgets, to tell the error of all others (prediction.ts). */
export const Predict = new RequestType<AnalyzeParams & { prediction: PredictionSettings }, Prediction, ErrorData>(
  'predict',
);
/** The latest prediction for the usual policy under the last analysis of this session; null where there is none. */
export const GetPrediction = new RequestType<void, Prediction | null, ErrorData>('analysis/prediction');
export const WriteCopy = new RequestType<WriteParams, CopySummary, ErrorData>('write');
export const VerifyCopy = new RequestType<{ out: string }, VerifySummary, ErrorData>('verify');

export const ReportProgress = new NotificationType<StageProgress>('progress');
/** A line for the log. */
export const ReportLog = new NotificationType<{ level: 'info' | 'warn' | 'error'; message: string }>('log');
