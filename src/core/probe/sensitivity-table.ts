/** Cross-fitted loss differences of P probed samples at Q qualities. */
export interface SensitivityTable {
  /** Sample number of every row, ascending, P. */
  readonly sample: Uint32Array;
  /** Mean loss on the original over seeds, nats, P. */
  readonly loss: Float32Array;
  /** Mean over seeds of loss at a quality minus loss on the original, nats, P × Q, row-major. */
  readonly difference: Float32Array;
  /** Standard error of `difference` over seeds, P × Q; NaN with a single seed. */
  readonly error: Float32Array;
  /** Standard error over seeds of a row's mean difference over the offered qualities, P; NaN with a single seed. */
  readonly meanError: Float32Array;
  /** Share of samples that probes which never saw them classify rightly, on originals. */
  readonly accuracy: number;
  /** Exponent of the loss over the number of training images, from trainings on all and on half. */
  readonly dataExponent: number;
  /** What trained, in words. */
  readonly engine: string;
}

export interface ProbeSettings {
  readonly folds: number;
  readonly seeds: number;
  readonly epochs: number;
}

/** Losses are capped here, so that one confident mistake does not outweigh a class (nats). */
export const lossCap = Math.log(1e4);
