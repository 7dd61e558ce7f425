/** One training of the cross-fitting, and the scoring of what it never saw: plain data, so that any thread can do it. */
import type { NetworkDescription } from '../../engine/index.ts';
import type { ViewsFile } from './views.ts';

export interface FoldTask {
  readonly views: ViewsFile;
  readonly network: NetworkDescription;
  /** Class of every row of the views. */
  readonly labels: Int32Array;
  readonly trainRows: Uint32Array;
  readonly scoreRows: Uint32Array;
  readonly steps: number;
  readonly seed: number;
}

/** Losses of the scored rows at every view. */
export interface FoldLosses {
  readonly rows: Uint32Array;
  /** rows × (Q + 1), nats, capped. */
  readonly losses: Float32Array;
  /** Rows whose original is classified rightly. */
  readonly right: number;
}

export interface FoldContext {
  readonly signal: AbortSignal;
  readonly onStep: () => void;
}

/** Runs folds, several at a time where that is faster. */
export interface Trainer {
  /** For people: "CPU (onnxruntime 1.30.0)", with the figures of the trial that chose it. */
  readonly name: string;
  /** Folds to be run at a time. */
  readonly parallel: number;
  /** `sideBySide` trainings share the processors while this one runs. */
  run(task: FoldTask, context: FoldContext, sideBySide: number): Promise<FoldLosses>;
}

/** Chooses a trainer when one is needed: what is stored needs none. The worker lends it. */
export type OpenTrainer = (signal: AbortSignal) => Promise<Trainer>;
