import type { Problem } from '../../protocol/analysis.ts';

/** What may be done to a sample. */
export const usable = {
  /** It can't be read; a copy leaves it out. */
  not: 0,
  /** It is carried unchanged: files that a JPEG can't hold, and validation and test splits that are not encoded. */
  asIs: 1,
  /** It has an encoding at every quality up to its own; of validation and test splits, at one. */
  encoded: 2,
} as const;

/** Bytes of every sample under every option. N samples, Q qualities. */
export interface RateTable {
  /** Ascending, Q. */
  readonly qualities: Uint8Array;
  /** Bytes as JPEG, N × Q, row-major; 0 where the quality is not offered. */
  readonly encoded: Uint32Array;
  /** Bytes of keeping the sample: its file, or a lossless PNG of a packed one; N. */
  readonly original: Uint32Array;
  /** A value of `usable`, N. */
  readonly use: Uint8Array;
  /** Quality that a JPEG source was written with; 0 for other sources; N. */
  readonly sourceQuality: Uint8Array;
  /** Shorter side in pixels of every encoded sample, else 0; N. */
  readonly shorterSide: Uint16Array;
  /** SHA-256 of every source's content, N × 32. */
  readonly hash: Uint8Array;
  readonly problems: readonly Problem[];
}
