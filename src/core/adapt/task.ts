import type { NetworkDescription } from '../../engine/index.ts';
import type { AdaptInput, Configuration } from '../../protocol/adapt.ts';
import type { ViewsFile } from '../probe/views.ts';

/** One training under a configuration, and its test. */
export interface AdaptTask {
  /** Rows as they are, one view each. */
  readonly views: ViewsFile;
  readonly input: AdaptInput;
  readonly network: NetworkDescription;
  /** Of the pixels, a value a channel of the network. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** Class of every row of the views. */
  readonly labels: Int32Array;
  readonly trainRows: Uint32Array;
  readonly testRows: Uint32Array;
  readonly configuration: Configuration;
  readonly epochs: number;
  readonly seed: number;
}

export interface EpochResult {
  /** Mean loss of the images as they were trained on, nats. */
  readonly loss: number;
  /** Images that were trained on at low compression. */
  readonly low: number;
  readonly threshold?: number;
}

export interface AdaptResult {
  readonly epochs: readonly EpochResult[];
  /** 1 for each training row that the last epoch leaves at low compression. */
  readonly low: Uint8Array;
  /** Loss of every training row in the last epoch, nats. */
  readonly losses: Float32Array;
  /** 1 for each test row whose class is found: uncompressed, and at high compression. */
  readonly right: Float32Array;
  readonly compressedRight: Float32Array;
  /** Wall time of the training alone. */
  readonly seconds: number;
}
