import type { ProbingSaved } from '../../protocol/analysis.ts';
import type { ModelProxies, RestScores } from './trainer.ts';

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
  /** Seeds that scored every row, P. */
  readonly scored: Uint8Array;
  /** What probes say of every row without its compressed views, as means over seeds; absent unless asked for. */
  readonly proxies?: ModelProxies;
  /** What all probes say of rows that were left out, as means. */
  readonly rest?: RestScores;
  /** What active probing saved. */
  readonly saved?: ProbingSaved;
  /** The task's metric of probes on samples that they never saw, on originals: accuracy, mIoU or mAP@0.5. */
  readonly accuracy: number;
  /** Exponent of the loss over the number of training images, from trainings on all and on half. */
  readonly dataExponent: number;
  /** Wall seconds of a probe's training for each image that it trains on, all epochs; absent where nothing was trained. */
  readonly secondsPerImage?: number;
  /** What trained, in words. */
  readonly engine: string;
}

/** What probes are trained on: every image at a random quality of the ladder or as it is, or originals alone. */
export type ProbeKind = 'mixed' | 'originals';

export interface ProbeSettings {
  readonly folds: number;
  readonly seeds: number;
  readonly epochs: number;
  readonly kind: ProbeKind;
  readonly proxies: boolean;
}
