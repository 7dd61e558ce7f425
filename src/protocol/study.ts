/**
 * The study of training on compressed images (Lee et al. 2025) on the user's own: trained at a low, a middling and the best
 * quality, tested at every quality.
 */
import type { Cluster, Task } from './analysis.ts';

export type StudyQuality = number | 'original';

/** Tested qualities, in order, at which the network trained at one quality is the most accurate. */
export interface Region {
  readonly trained: StudyQuality;
  readonly from: StudyQuality;
  readonly to: StudyQuality;
  /** Whether the 95 % interval of its lead over the next excludes 0 somewhere in the region. */
  readonly sure: boolean;
}

export interface AttributionOverlap {
  readonly trained: StudyQuality;
  /** Mean intersection over union of the top pixels with those of networks trained on originals from other seeds. */
  readonly overlap: number;
  /** 95 %, over images. */
  readonly interval: readonly [number, number];
}

export interface StudyReport {
  readonly root: string;
  readonly task: Task;
  /** Images to train on and to test on, and where the tested ones come from, in words. */
  readonly trainImages: number;
  readonly testImages: number;
  readonly tested: string;
  readonly seeds: number;
  readonly epochs: number;
  readonly side: number;
  readonly engine: string;
  /** Low, middling, best: T. */
  readonly trained: readonly StudyQuality[];
  /** Tested qualities, ascending, then the original: V. */
  readonly qualities: readonly StudyQuality[];
  /** How far images are right (metric.ts, markOf), mean over images and seeds, T × V. */
  readonly accuracy: Float32Array;
  /** Half of its 95 % interval, over test images and seeds, T × V. */
  readonly interval: Float32Array;
  readonly regions: readonly Region[];
  /** Test images sorted by their loss difference at a middling quality, in B groups of equal size. */
  readonly curves: {
    readonly groups: number;
    readonly sortedBy: StudyQuality;
    /** Mean loss of the network trained on originals by group and tested quality, nats, B × V. */
    readonly loss: Float32Array;
  };
  /** Of the test images' differences under the network trained on originals. */
  readonly clusters: readonly Cluster[];
  /** Share of the pixels that count as top ones. */
  readonly topShare: number;
  readonly attribution: readonly AttributionOverlap[];
}
