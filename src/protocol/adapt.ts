/**
 * Training on images that are compressed as their losses say (AdaptCompression): of the coefficients of each image's cosine
 * transform a square of the lowest is kept, a larger one for images that are hard.
 */

/** What an image's loss is held against at the end of an epoch to choose its level for the next. */
export type ThresholdRule =
  /** All images have one level. */
  | 'none'
  /** The median of the epoch's losses. */
  | 'median'
  /** τ = the mean loss of the first epoch. */
  | 'first-mean'
  /** τ_t = (1 − α) τ_{t−1} + α × the epoch's mean loss, from the mean loss of the first epoch. */
  | 'moving-average';

export interface Configuration {
  readonly rule: ThresholdRule;
  /** Coefficients a side, of images of 28 × 28, that are kept at low and at high compression. */
  readonly low: number;
  readonly high: number;
}

/** Those of the paper's Table 1, and what all images at low compression give, to hold them against. */
export const configurations = {
  'fixed-8': { rule: 'none', low: 8, high: 8 },
  'median-8': { rule: 'median', low: 16, high: 8 },
  'median-4': { rule: 'median', low: 16, high: 4 },
  'fixed-threshold': { rule: 'first-mean', low: 16, high: 4 },
  'moving-threshold': { rule: 'moving-average', low: 16, high: 4 },
  'fixed-16': { rule: 'none', low: 16, high: 16 },
} as const satisfies Readonly<Record<string, Configuration>>;
export type ConfigurationName = keyof typeof configurations;
export const configurationNames = Object.keys(configurations) as ConfigurationName[];

/** What the network sees: the kept coefficients as a signal, or the image that they make. */
export const adaptInputs = ['coefficients', 'image'] as const;
export type AdaptInput = (typeof adaptInputs)[number];

export interface AdaptSettings {
  readonly configurations: readonly ConfigurationName[];
  readonly input: AdaptInput;
  readonly seeds: number;
  readonly epochs: number;
  /** Images to train on, classes in their proportions; all when absent. */
  readonly images?: number;
  /** Makes a plan of the moving threshold's last levels. */
  readonly plan?: { readonly out: string; readonly qualities: readonly [number, number] };
}

export const defaultAdapt = { input: 'coefficients', seeds: 3, epochs: 10 } as const;

/** One epoch, mean over the seeds. */
export interface AdaptEpoch {
  /** Mean loss of the images as they were trained on, nats. */
  readonly loss: number;
  /** Shares of the images that were trained on at low and at high compression. */
  readonly lowShare: number;
  readonly highShare: number;
  /** Coefficients that were kept of all images; as many bytes at 8 bits a coefficient. */
  readonly coefficients: number;
  /** What the losses were held against at the epoch's end, nats; absent where all images have one level. */
  readonly threshold?: number;
}

/** A mean with half of its 95 % interval, over test images and seeds. */
export interface Measured {
  readonly mean: number;
  readonly half: number;
}

export interface AdaptRow {
  readonly name: ConfigurationName;
  /** Coefficients a side that are kept at low and at high compression. */
  readonly kept: { readonly low: number; readonly high: number };
  /** On uncompressed test images. */
  readonly accuracy: Measured;
  /** On test images at high compression. */
  readonly compressedAccuracy: Measured;
  /** Of the accuracy, from the first configuration's: paired by image and seed. Absent for the first. */
  readonly difference?: Measured;
  /** Wall time of a training, without its test; mean over the seeds. */
  readonly seconds: number;
  readonly epochs: readonly AdaptEpoch[];
}

/** A two-quality plan of the moving threshold's last levels, by real JPEG bytes. */
export interface AdaptPlan {
  readonly path: string;
  readonly originalBytes: number;
  readonly bytes: number;
  /** Samples by option: "20", "80", "original". */
  readonly mix: Readonly<Record<string, number>>;
}

export interface AdaptReport {
  readonly root: string;
  readonly trainImages: number;
  readonly testImages: number;
  /** Where the tested images come from, in words. */
  readonly tested: string;
  readonly seeds: number;
  readonly input: AdaptInput;
  /** Size that images are seen at, pixels; 1 channel for grey ones, else 3. */
  readonly side: number;
  readonly channels: number;
  readonly engine: string;
  readonly rows: readonly AdaptRow[];
  readonly plan?: AdaptPlan;
}
