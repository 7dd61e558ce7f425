/** One training of a probe, and what is measured with it: plain data, so that any process can do it. */
import type { NetworkDescription, Weights } from '../../engine/index.ts';
import type { ModelProxies } from './model-proxies.ts';
import type { ViewsFile } from './views.ts';

export interface FoldTask {
  readonly views: ViewsFile;
  readonly network: NetworkDescription;
  /** Class of every row of the views. */
  readonly labels: Int32Array;
  readonly trainRows: Uint32Array;
  /** Views that a training image comes in, one of them at random each time. */
  readonly trainViews: readonly number[];
  readonly scoreRows: Uint32Array;
  readonly steps: number;
  readonly seed: number;
  /** Other images, seen as they are alone: what the probe says of them is wanted too. */
  readonly rest?: RestTask;
  /** What is wanted beside the losses. */
  readonly also?: 'proxies' | 'weights';
}

export interface RestTask {
  /** One view a row. */
  readonly views: ViewsFile;
  readonly labels: Int32Array;
}

/** Losses of the scored rows at every view. */
export interface FoldLosses {
  readonly rows: Uint32Array;
  /** rows × V, nats, capped. */
  readonly losses: Float32Array;
  /** Rows that are classified rightly at every view, V. */
  readonly right: Uint32Array;
  readonly proxies?: ModelProxies;
  readonly rest?: RestScores;
  readonly weights?: Weights;
}

/** Of rows that have no compressed views. */
export interface RestScores {
  /** Nats. */
  readonly loss: Float32Array;
  readonly proxies: ModelProxies;
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

/** Trainings of the round that a training runs in: the last round may be smaller. */
export const sideBySide = (at: number, count: number, parallel: number) =>
  Math.min(parallel, count - at + (at % parallel));
