/** The wire between the extension host and the panel's webview. */
import { NotificationType, RequestType } from 'vscode-jsonrpc';
import type { AnalysisSummary, Rows, SortColumn, StageProgress } from './analysis.ts';
import type { Evaluation } from './evaluation.ts';
import type { Frontier } from './frontier.ts';
import type { LawFit } from './law.ts';
import type { PolicyName } from './policy.ts';
import type { Prediction } from './prediction.ts';
import type { StudyReport } from './study.ts';
import type { SweepReport } from './sweep.ts';
import type { AttributionPicture } from './worker.ts';

/** What the panel shows; the host sends it whole at every change. */
export type PanelState =
  | { readonly kind: 'running'; readonly folder: string; readonly progress: readonly StageProgress[] }
  | { readonly kind: 'failed'; readonly folder: string; readonly message: string }
  | { readonly kind: 'cancelled'; readonly folder: string }
  | { readonly kind: 'ready'; readonly folder: string; readonly summary: AnalysisSummary };

export interface WriteWish {
  readonly budgetBytes: number;
  readonly policy: PolicyName;
}

export interface WriteOutcome {
  /** What happened, in one sentence; absent when the user closed the folder dialog. */
  readonly message?: string;
}

export interface TableLaw {
  /** The file's name. */
  readonly file: string;
  readonly fit: LawFit;
}

// Webview to host
/** The view is up; answers with the state to show. */
export const ViewReady = new RequestType<void, PanelState, void>('view/ready');
export const ViewFrontier = new RequestType<void, Frontier, void>('view/frontier');
export const ViewRows = new RequestType<{ samples: Uint32Array }, Rows, void>('view/rows');
export const ViewOrder = new RequestType<{ by: SortColumn }, Uint32Array, void>('view/order');
/** Asks for a folder and writes the copy; ends when it is written. */
export const ViewWriteCopy = new RequestType<WriteWish, WriteOutcome, void>('view/write');
export const ViewOpenSample = new NotificationType<{ path: string }>('view/open');
export const ViewCancel = new NotificationType<void>('view/cancel');
/** Runs again after a failure or a cancellation; finished stages are not repeated. */
export const ViewRestart = new NotificationType<void>('view/restart');

/** Studies training on compressed images; see study.ts. */
export const ViewStudy = new RequestType<void, StudyReport, void>('view/study');
/** Trains over numbers of images × qualities; see sweep.ts. */
export const ViewSweep = new RequestType<void, SweepReport, void>('view/sweep');
/** Asks for a CSV file of trainings and fits the storage law to it; null when the user closed the file dialog. */
export const ViewFitTable = new RequestType<{ budgetBytes: number }, TableLaw | null, void>('view/fit-table');
/** Plans for a budget and trains on the plan and its rivals; see evaluation.ts. */
export const ViewEvaluate = new RequestType<WriteWish, Evaluation, void>('view/evaluate');
/** What is known of the error at every budget, null where nothing is; see prediction.ts. */
export const ViewPrediction = new RequestType<void, Prediction | null, void>('view/prediction');
/** Trains at some budgets to tell it. */
export const ViewPredict = new RequestType<void, Prediction, void>('view/predict');
export const ViewAttribution = new RequestType<{ path: string }, AttributionPicture, void>('view/attribution');

// Host to webview
export const StateChanged = new NotificationType<PanelState>('state');
/** Progress of one stage of the running job, the writing of a copy included. */
export const ProgressChanged = new NotificationType<StageProgress>('progress');
