import type { Problem, Split } from '../../protocol/analysis.ts';
import type { StringColumn } from './string-column.ts';

export const splits: readonly Split[] = ['train', 'val', 'test'];

/** A file that packs many images as raw pixels: IDX or a CIFAR-10 binary batch. */
export interface Archive {
  /** Relative to the root. */
  readonly path: string;
  readonly gzip: boolean;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** 1 grey, 3 RGB. */
  readonly channels: 1 | 3;
  /** `interleaved`: RGBRGB…; `planar`: all R, all G, all B. */
  readonly order: 'interleaved' | 'planar';
  /** Byte offset of the first image's pixels and the distance between images. */
  readonly offset: number;
  readonly stride: number;
  /** Modification time, ms since 1970. */
  readonly modifiedMs: number;
}

export interface OtherFiles {
  /** Relative to the root. */
  readonly path: StringColumn;
  /** Bytes of each. */
  readonly bytes: Float64Array;
}

/** Samples of a folder as columns, sorted by path. */
export interface Dataset {
  /** Absolute, links resolved. */
  readonly root: string;
  /** In words, for people. */
  readonly layout: string;
  readonly count: number;
  /**
   * Relative to the root, forward slashes. A packed sample's path is where it would lie if it were unpacked:
   * `train/7/00012.png`.
   */
  readonly path: StringColumn;
  /** Index into `classes`; -1 where there is none. */
  readonly label: Int32Array;
  /** Index into `splits`. */
  readonly split: Uint8Array;
  /** File size, or a packed record's raw bytes. */
  readonly bytes: Float64Array;
  /** Modification time, ms since 1970, of the file or its archive. */
  readonly modifiedMs: Float64Array;
  readonly classes: readonly string[];
  readonly archives: readonly Archive[];
  /** Archive of each sample, -1 for a file; and the image's number in it. */
  readonly archive: Int16Array;
  readonly archiveIndex: Uint32Array;
  readonly other: OtherFiles;
  readonly problems: readonly Problem[];
}
