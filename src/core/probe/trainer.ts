/** What is done with engines, as plain data, so that any process can do it. */
import type { NetworkDescription, NetworkFile, TrainedNetwork, Weights } from '../../engine/index.ts';
import type { AdaptResult, AdaptTask } from '../adapt/task.ts';
import type { Answers } from './judge/index.ts';
import type { ViewsFile } from './views.ts';

/** One training of a probe, and what is measured with it. */
export interface FoldTask {
  readonly views: ViewsFile;
  readonly network: NetworkDescription;
  /** Of every row of the views. */
  readonly answers: Answers;
  readonly trainRows: Uint32Array;
  /** Views that a training image comes in, one of them at random each time; or one view for every row of the views. */
  readonly trainViews: readonly number[] | Uint8Array;
  readonly scoreRows: Uint32Array;
  /** Views to score at, in the order of the losses' columns; all when absent. */
  readonly scoreViews?: readonly number[];
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
  readonly answers: Answers;
  readonly rows: number;
}

/** Losses of the scored rows at every view. */
export interface FoldLosses {
  readonly rows: Uint32Array;
  /** rows × V, nats, capped. */
  readonly losses: Float32Array;
  /** How far what is said of a row at a view is right (judge.ts), 0..1, rows × V. */
  readonly right: Float32Array;
  /** 1 minus the task's metric over the rows, V. */
  readonly error: Float32Array;
  /** Wall time of the training alone, and the images that its steps drew; absent where nothing was trained. */
  readonly training?: { readonly seconds: number; readonly drawn: number };
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

/** Values of rows × 1, or rows × Q where a quality is looked at. */
export interface ModelProxies {
  /** Entropy of the predicted distribution, nats (Shannon). */
  readonly entropy: Float32Array;
  /** 1 minus the lead of the likeliest class over the next: high where the probe is undecided. */
  readonly margin: Float32Array;
  /** ‖p − y‖₂ early in training (Paul et al. 2021). */
  readonly el2n: Float32Array;
  /** Norm of the loss's gradient by the last layer's weights, ‖p − y‖₂ ‖(h, 1)‖₂ (Paul et al. 2021). */
  readonly grand: Float32Array;
  /** 1 − cos(h(x), h(x^q)) of the penultimate layer, rows × Q. */
  readonly featureShift: Float32Array;
  /** ⟨∇ₓ ℓ(x), x^q − x⟩: the loss difference to first order, nats, rows × Q. */
  readonly firstOrder: Float32Array;
}

/** Attributions of a loss to pixels, under several trained weights of one network. */
export interface AttributionTask {
  readonly views: ViewsFile;
  readonly network: NetworkDescription;
  readonly weights: readonly Weights[];
  /** Of every row of the views. */
  readonly answers: Answers;
  readonly rows: Uint32Array;
}

/** Scores rows with a network that was trained elsewhere. */
export interface OwnNetworkTask {
  readonly views: ViewsFile;
  readonly network: TrainedNetwork;
  /** The network's output for the class of every row. */
  readonly labels: Int32Array;
}

/** Tasks by name, and their results. */
export interface Tasks {
  readonly fold: { readonly task: FoldTask; readonly result: FoldLosses };
  /** For each of the weights rows × side², nats. */
  readonly attribution: { readonly task: AttributionTask; readonly result: Float32Array[] };
  readonly inspect: { readonly task: { readonly file: string }; readonly result: NetworkFile };
  readonly ownNetwork: { readonly task: OwnNetworkTask; readonly result: FoldLosses };
  readonly adapt: { readonly task: AdaptTask; readonly result: AdaptResult };
}
export type TaskName = keyof Tasks;

export interface TaskContext {
  readonly signal: AbortSignal;
  /** Called now and then, for each of a training's steps. */
  readonly onStep: () => void;
}

/** Runs tasks, several at a time where that is faster. */
export interface Trainer {
  /** For people: "CPU (onnxruntime 1.30.0)", with the figures of the trial that chose it. */
  readonly name: string;
  /** Tasks to be run at a time. */
  readonly parallel: number;
  /** `sideBySide` tasks share the processors while this one runs. */
  run<N extends TaskName>(
    name: N,
    task: Tasks[N]['task'],
    context: TaskContext,
    sideBySide: number,
  ): Promise<Tasks[N]['result']>;
}

/** Chooses a trainer when one is needed: what is stored needs none. The worker lends it. */
export type OpenTrainer = (signal: AbortSignal) => Promise<Trainer>;

/** Trainings of the round that a training runs in: the last round may be smaller. */
export const sideBySide = (at: number, count: number, parallel: number) =>
  Math.min(parallel, count - at + (at % parallel));
