/** The storage law: how the test error falls with the number of images and the bytes of each (Mentzer & Montanari 2024). */

export interface LawPoint {
  readonly images: number;
  /** Mean bytes of an image. */
  readonly bytes: number;
  /** Test error, or 1 minus the task's metric: 0..1. */
  readonly error: number;
  /** Standard error of `error`, where it is known. */
  readonly standardError?: number;
}

/**
 * `additive`: E + A (n/n₀)^-α + B ((L-h)/L₀)^-β; `no floor`: the same with E = 0; `multiplicative`: E + A (n/n₀)^-α
 * ((L-h)/L₀)^-β, where B is 0.
 */
export type LawForm = 'additive' | 'no floor' | 'multiplicative';

export interface LawParameters {
  /** Error that neither images nor bytes take away. */
  readonly floor: number;
  readonly a: number;
  readonly alpha: number;
  readonly b: number;
  readonly beta: number;
  /** Bytes of a file that carry no picture, h. */
  readonly headerBytes: number;
}

export const lawFormulas: Readonly<Record<LawForm, string>> = {
  additive: 'Err = E + A (n/n₀)^-α + B ((L-h)/L₀)^-β',
  'no floor': 'Err = A (n/n₀)^-α + B ((L-h)/L₀)^-β',
  multiplicative: 'Err = E + A (n/n₀)^-α ((L-h)/L₀)^-β',
};

export const lawSymbols: Readonly<Record<keyof LawParameters, string>> = {
  ...{ floor: 'E', a: 'A', alpha: 'α', b: 'B', beta: 'β', headerBytes: 'h (bytes)' },
};

export interface StorageLaw extends LawParameters {
  readonly form: LawForm;
  /** Geometric means of the points' images and bytes, n₀ and L₀. */
  readonly images0: number;
  readonly bytes0: number;
}

export type Interval = readonly [number, number];

export interface LawOptimum {
  readonly budgetBytes: number;
  readonly images: number;
  /** Mean bytes of an image. */
  readonly bytes: number;
  readonly error: number;
  /** 95 %, from the bootstrap. */
  readonly interval: Interval;
}

export interface LawFit {
  readonly law: StorageLaw;
  readonly points: number;
  /** 95 % of every parameter, from the bootstrap. */
  readonly intervals: Readonly<Record<keyof LawParameters, Interval>>;
  /** αβ/(α+β): the error above the floor falls as budget^-ν at the optimum; half the harmonic mean of α and β. */
  readonly exponent: number;
  readonly rSquared: number;
  /** Corrected Akaike information of every form that the points can tell; the least is taken. */
  readonly aicc: Readonly<Partial<Record<LawForm, number>>>;
  /** What the law of the other points misses of the points with the most images; absent where too few are left. */
  readonly heldOut?: { readonly images: number; readonly miss: number; readonly standardError: number };
  /** Whether the miss is within two standard errors. */
  readonly trusted: boolean;
  readonly optima: readonly LawOptimum[];
}

/** Error that a law expects of so many images of so many bytes each. */
export function lawError(
  { form, floor, a, alpha, b, beta, headerBytes, images0, bytes0 }: StorageLaw,
  images: number,
  bytes: number,
): number {
  const fewImages = (images / images0) ** -alpha;
  const fewBytes = ((bytes - headerBytes) / bytes0) ** -beta;
  return floor + (form === 'multiplicative' ? a * fewImages * fewBytes : a * fewImages + b * fewBytes);
}

/** Parameters that a law's form has, and that are not 0. */
export const usedParameters = (intervals: LawFit['intervals']): (keyof LawParameters)[] =>
  (Object.keys(lawSymbols) as (keyof LawParameters)[]).filter((name) => intervals[name][1] > 0);
