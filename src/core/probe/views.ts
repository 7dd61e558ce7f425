import { closeSync, openSync, readSync } from 'node:fs';

/**
 * What the probes see: every probed sample in every encoding and as it is, scaled to side × side × 3, in a scratch
 * file. Views are numbered 0..E, the encodings in their order and then the original. For segmentation, each sample's mask lies
 * behind its views: side × side, the class of every pixel, 255 for none.
 */
export interface ViewsFile {
  readonly file: string;
  readonly side: number;
  /** E + 1. */
  readonly count: number;
  readonly hasMasks: boolean;
}

export interface Views extends Disposable {
  readonly count: number;
  readonly side: number;
  /** Bytes of one view. */
  readonly bytes: number;
  /** Copies a view into `target` at `offset`. */
  read(row: number, view: number, target: Uint8Array, offset: number): void;
  readMask(row: number, target: Uint8Array): void;
}

/** Bytes of a sample in the file. */
export const rowBytes = ({ side, count, hasMasks }: Omit<ViewsFile, 'file'>) =>
  side * side * (3 * count + (hasMasks ? 1 : 0));

export function openViews({ file, ...layout }: ViewsFile): Views {
  const { side, count } = layout;
  const bytes = side * side * 3;
  const stride = rowBytes(layout);
  const handle = openSync(file, 'r');
  return {
    count,
    side,
    bytes,
    read: (row, view, target, offset) => void readSync(handle, target, offset, bytes, row * stride + view * bytes),
    readMask: (row, target) => void readSync(handle, target, 0, side * side, row * stride + count * bytes),
    [Symbol.dispose]: () => {
      closeSync(handle);
    },
  };
}
