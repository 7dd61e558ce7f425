/** How well cheap signs foretell a sensitivity. */

/** Signs that need no compressed view of an image. */
export const cheapProxies = [
  'loss',
  'entropy',
  'margin',
  'el2n',
  'grand',
  'highFrequency',
  'quantisationError',
  'byteSlope',
] as const;
/** Signs that do. */
export const viewProxies = ['featureShift', 'firstOrder'] as const;
export const proxyNames = [...cheapProxies, ...viewProxies, 'class', 'cheap', 'all'] as const;
/** `class` is the mean of a row's class alone, `cheap` all signs that need no compressed view, `all` every sign. */
export type ProxyName = (typeof proxyNames)[number];

export const proxyTitles: Readonly<Record<ProxyName, string>> = {
  loss: 'loss on the original',
  entropy: 'entropy',
  margin: 'margin',
  el2n: 'EL2N',
  grand: 'GraNd, last layer',
  highFrequency: 'high-frequency energy',
  quantisationError: 'quantisation error',
  byteSlope: 'byte slope',
  featureShift: 'feature shift',
  firstOrder: 'first order',
  class: 'class alone',
  cheap: 'all cheap ones + class',
  all: 'all + class',
};

export interface ProxyEvaluation {
  readonly name: ProxyName;
  /** Whether the compressed images must be made for it. */
  readonly needsViews: boolean;
  /** Spearman's correlation with the mean measured sensitivity. */
  readonly rho: number;
  /** 95 %. */
  readonly rhoInterval: readonly [number, number];
  /** Of telling the most sensitive fifth from the rest. */
  readonly areaUnderCurve: number;
  /** Measured over foretold sensitivity, 1 where calibrated; NaN where every row is foretold the same. */
  readonly calibrationSlope: number;
  /** What its plan costs more than the measured one at each of the budgets (nats of mean loss). */
  readonly regret: readonly number[];
}

export interface ProxyReport {
  readonly proxies: readonly ProxyEvaluation[];
  /** Budgets of the regrets, as shares of the originals' bytes. */
  readonly budgets: readonly number[];
  /** What one quality for all costs more than the measured plan, nats. */
  readonly uniformRegret: readonly number[];
  /** Rows that were measured, of all. */
  readonly measured: number;
  readonly rows: number;
  /** The one that foretold the rest, where only a share was measured. */
  readonly used?: ProxyName;
}
