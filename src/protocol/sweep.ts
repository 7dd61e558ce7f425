/** Trainings over numbers of images × qualities, and the storage law that they tell. */
import type { Task } from './analysis.ts';
import type { LawFit, LawOptimum } from './law.ts';
import type { StudyQuality } from './study.ts';

export interface SweepSettings {
  /** Numbers of training images; five halvings of all when absent. */
  readonly sizes?: readonly number[];
  readonly seeds: number;
  readonly epochs: number;
  /** Stops starting trainings after so long. */
  readonly maxMinutes?: number;
  /** Budgets to find the best mix for, bytes; shares of the largest cell when absent. */
  readonly budgets?: readonly number[];
}

/** Few qualities and more seeds: a law is told by its cells. */
export const defaultSweep = { qualities: [5, 10, 20, 40, 70], seeds: 3, epochs: 12 } as const;

export interface SweepCell {
  readonly images: number;
  readonly quality: StudyQuality;
  /** Mean bytes of an image. */
  readonly bytes: number;
  /** Mean test error over the seeds. */
  readonly error: number;
  readonly standardError: number;
  readonly seeds: number;
  /** Mean seconds of a training. */
  readonly seconds: number;
}

/** Seconds of a training of n images: fixedSeconds + secondsPerImage · n, on this machine. */
export interface TrainingTime {
  readonly fixedSeconds: number;
  readonly secondsPerImage: number;
}

/** Something one can do: the first images of the sweep's nested order at one JPEG quality. */
export interface RealMix {
  readonly images: number;
  /** 1..100; JPEG sources of a lower quality stay as they are. */
  readonly quality: number;
  /** Bytes that these images take. */
  readonly bytes: number;
}

export interface SweepOptimum extends LawOptimum {
  /** Expected time of its training. */
  readonly seconds: number;
  /** What comes nearest to it within the budget, by real bytes; absent where not one image fits. */
  readonly real?: RealMix;
}

/** Expected test errors over images × bytes of an image, both growing evenly in their logarithms. */
export interface ErrorGrid {
  readonly images: readonly number[];
  readonly bytes: readonly number[];
  /** Images × bytes, row-major; never rises with either. */
  readonly error: Float32Array;
}

export interface SweepReport {
  readonly root: string;
  readonly task: Task;
  readonly trainImages: number;
  readonly testImages: number;
  readonly tested: string;
  readonly epochs: number;
  readonly engine: string;
  readonly cells: readonly SweepCell[];
  /** Trainings that were left out: given up as hopeless, or beyond the time. */
  readonly left: { readonly hopeless: number; readonly late: number };
  /** Of the cells with a quality; absent where they are too few. */
  readonly law?: LawFit;
  /**
   * The best mix of each budget: by the law where it is trusted, else between the measured cells by a surface that never
   * rises with images or bytes; absent where neither can tell.
   */
  readonly optima?: {
    readonly by: 'law' | 'surface';
    readonly list: readonly SweepOptimum[];
    /** By bytes alone, time unpriced, of budgets that grow evenly in their logarithms from the smallest cell to the largest, within what was measured. */
    readonly curve: readonly LawOptimum[];
    /** What is expected within what was measured. */
    readonly grid: ErrorGrid;
  };
  /** Fitted to all trainings; `secondWorth` are the bytes of budget that a second takes. */
  readonly time: TrainingTime & { readonly secondWorth: number };
  /** Budgets that not one image fits into, its training time counted. */
  readonly tooSmall: readonly number[];
  readonly minutes: number;
}
