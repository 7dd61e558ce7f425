import type { Problem, Split, Task } from '../../protocol/analysis.ts';
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

export type AnnotationFormat = 'masks' | 'yolo' | 'voc' | 'coco';

/** Files that answer for samples. */
export interface AnnotationFiles {
  readonly format: AnnotationFormat;
  /** Of every sample, relative to the root; '' where it has none. */
  readonly path: StringColumn;
  /** Files that may name the classes. */
  readonly naming: readonly string[];
}

/** Objects in all samples as columns: sample i has those from `first[i]` to `first[i + 1]`. */
export interface Objects {
  /** N + 1. */
  readonly first: Uint32Array;
  /** Index into the dataset's classes, of which the first `classes` are of objects. */
  readonly label: Int32Array;
  readonly classes: number;
  /** Left, top, right and bottom, as shares of width and height, × 4. */
  readonly corners: Float32Array;
  /** 1 where it counts neither as found nor as missed (VOC's `difficult`, COCO's `iscrowd`). */
  readonly difficult: Uint8Array;
}

export interface Masks {
  /** Class of every value that a pixel can have; -1 for none. */
  readonly classOf: ReadonlyMap<number, number>;
  /** Size and time of every sample's mask, by which a changed one is known. */
  readonly version: readonly string[];
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
  readonly task: Task;
  /** Where the samples are not labelled by their folders. */
  readonly annotation?: AnnotationFiles;
  /** For detection, once the annotations are read. */
  readonly objects?: Objects;
  /** For segmentation, once the masks are read. */
  readonly masks?: Masks;
  /**
   * Index into `classes`; -1 where there is none. Of samples with several classes it is the rarest, once the annotations
   * are read: by it they are spread evenly.
   */
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
