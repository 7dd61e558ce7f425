import { closeSync, openSync, readSync } from 'node:fs';

/**
 * What the probes see: every probed sample at every quality and as it is, scaled to side × side × 3, in a scratch
 * file. Views are numbered 0..Q, the qualities ascending and then the original.
 */
export interface ViewsFile {
  readonly file: string;
  readonly side: number;
  /** Q + 1. */
  readonly count: number;
}

export interface Views extends Disposable {
  readonly count: number;
  /** Bytes of one view. */
  readonly bytes: number;
  /** Copies a view into `target` at `offset`. */
  read(row: number, view: number, target: Uint8Array, offset: number): void;
}

export function openViews({ file, side, count }: ViewsFile): Views {
  const bytes = side * side * 3;
  const handle = openSync(file, 'r');
  return {
    count,
    bytes,
    read: (row, view, target, offset) =>
      void readSync(handle, target, offset, bytes, row * bytes * count + view * bytes),
    [Symbol.dispose]: () => {
      closeSync(handle);
    },
  };
}
