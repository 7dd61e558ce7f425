/** What an analysis found, as both shells and the panel show it. */

import type { ByteModel } from './byte-model.ts';
import type { DuplicateSummary } from './duplicates.ts';
import type { Codings } from './encoding.ts';
import type { Prices } from './prices.ts';
import type { ProxyReport } from './proxies.ts';

export type StageName =
  | 'scan'
  | 'rate'
  | 'duplicates'
  | 'views'
  | 'probe'
  | 'sweep'
  | 'adapt'
  | 'evaluate'
  | 'predict'
  | 'allocate'
  | 'write'
  | 'verify';

export interface StageProgress {
  readonly stage: StageName;
  readonly done: number;
  /** 0 while unknown. */
  readonly total: number;
  /** What is counted: "files", "images", "batches". */
  readonly unit: string;
  /** One more word to people, such as "fold 2 of 3". */
  readonly note?: string;
  /** At the pace of the last minute; absent until that can be told. */
  readonly secondsLeft?: number;
}

export type ProblemCode =
  'unreadable' | 'kept-as-is' | 'skipped' | 'unlabelled' | 'unmatched' | 'leak' | 'label-conflict';

/** A file that is not treated like the others, and why. */
export interface Problem {
  /** Relative to the dataset's root, with forward slashes; or the glob that matches nothing. */
  readonly path: string;
  readonly code: ProblemCode;
  readonly reason: string;
}

export interface Problems {
  readonly total: number;
  /** Some of them, in order of appearance. */
  readonly first: readonly Problem[];
}

export type Split = 'train' | 'val' | 'test';

export const tasks = ['classification', 'segmentation', 'detection'] as const;
/** What networks learn from a dataset: a class an image, a class a pixel, or boxes with classes. */
export type Task = (typeof tasks)[number];

export interface DatasetSummary {
  readonly root: string;
  /** How the folder was read, in words: "a folder for each class, with train and test splits". */
  readonly layout: string;
  readonly task: Task;
  readonly samples: number;
  readonly samplesBySplit: Readonly<Record<Split, number>>;
  readonly classes: readonly string[];
  /** Bytes of all samples as they lie in the dataset. */
  readonly bytes: number;
  /** Files that are not samples (labels, notes); a copy carries them unchanged. */
  readonly otherFiles: number;
  readonly otherBytes: number;
  readonly problems: Problems;
}

export interface Cluster {
  /** Science name: "Robust", "Fragile", … */
  readonly name: string;
  readonly samples: number;
  /** Mean loss on originals, nats. */
  readonly meanLoss: number;
  /** Mean sensitivity at every quality of the ladder, nats. */
  readonly meanSensitivity: Float32Array;
}

export interface ProbeSummary {
  readonly engine: string;
  readonly folds: number;
  readonly seeds: number;
  readonly epochs: number;
  /** Input size of the probe network, pixels. */
  readonly side: number;
  /** The task's metric of probes on samples that they never saw, on originals: accuracy, mIoU or mAP@0.5. */
  readonly accuracy: number;
  /** Exponent of the probes' loss over the number of training images, from trainings on all and on half. */
  readonly dataExponent: number;
  /** Share of the variance of single sensitivities that is signal rather than seed noise, at every quality. */
  readonly reliability: Float32Array;
  /** Mean sensitivity at every quality by kind of probe, nats: trained on mixed qualities, or on originals alone. */
  readonly meanByKind: Readonly<Partial<Record<'mixed' | 'originals', Float32Array>>>;
  readonly saved?: ProbingSaved;
}

/** What active probing saved, against probing every image with every seed. */
export interface ProbingSaved {
  readonly trainings: number;
  readonly trainingsInAll: number;
  /** An image at a quality through a network. */
  readonly forwardPasses: number;
  readonly forwardPassesInAll: number;
  /** Images whose choice was settled before the last seed. */
  readonly settledRows: number;
}

export interface AnalysisSummary {
  readonly dataset: DatasetSummary;
  /** Of every coding, ascending, Q. */
  readonly qualities: Uint8Array;
  /** What is said of qualities below is of the usual one. */
  readonly codings: Codings;
  /** How the bytes below, and those of the frontier, are counted. */
  readonly byteModel: ByteModel;
  /** Bytes of a copy in which every sample keeps its original, other files included. */
  readonly originalBytes: number;
  /** Bytes that every copy holds: validation and test splits, files kept as they are, other files. */
  readonly fixedBytes: number;
  readonly clusters: readonly Cluster[];
  readonly probe: ProbeSummary;
  readonly prices: Prices;
  /** Absent where they were not looked for. */
  readonly duplicates?: DuplicateSummary;
  readonly proxies?: ProxyReport;
}

/** Columns of samples that were asked for, in the order in which they were asked for. */
export interface Rows {
  readonly path: readonly string[];
  readonly label: readonly string[];
  readonly split: readonly Split[];
  /** Bytes in the dataset. */
  readonly bytes: Float64Array;
  /** Bytes of every option, rows × O, row-major; NaN where the option is not offered. */
  readonly optionBytes: Float64Array;
  /** Mean over the ladder of the loss difference (nats), shrunk; NaN where it was not measured. */
  readonly sensitivity: Float32Array;
  /** Standard error of `sensitivity` over seeds; NaN with a single seed. */
  readonly sensitivityError: Float32Array;
  /** Index into `clusters`; 255 where there is none. */
  readonly cluster: Uint8Array;
  /** What guards the file, in words; '' where nothing does. */
  readonly guard: readonly string[];
}

export type SortColumn = 'path' | 'label' | 'bytes' | 'sensitivity' | 'cluster';
