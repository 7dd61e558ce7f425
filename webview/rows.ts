/** Rows of the table as they come from the host, kept for a while. */
import type { Rows, SortColumn, Split } from '../src/protocol/analysis.ts';

export interface FileRow {
  readonly path: string;
  readonly label: string;
  readonly split: Split;
  readonly bytes: number;
  /** Bytes of every option; NaN where the option is not offered. */
  readonly optionBytes: Float64Array;
  readonly sensitivity: number;
  readonly sensitivityError: number;
  readonly cluster: number;
  /** What guards the file, in words; '' where nothing does. */
  readonly guard: string;
}

export type FileSortColumn = SortColumn | 'quality';

export interface FileSort {
  readonly by: FileSortColumn;
  readonly descending: boolean;
}

const pageSize = 100;
const mostRows = 20_000;
/** More requests than this wait until one is answered, so that a fast scroll does not flood the host. */
const mostRequests = 3;

/** Keyed by sample, not by place: sorting, and the slider under a sort by quality, move samples about. */
export class RowCache {
  readonly #fetch: (samples: Uint32Array) => Promise<Rows>;
  readonly #onChange: () => void;
  readonly #rows = new Map<number, FileRow>();
  readonly #asked = new Set<number>();
  #requests = 0;
  #error: string | undefined;

  constructor(fetch: (samples: Uint32Array) => Promise<Rows>, onChange: () => void) {
    this.#fetch = fetch;
    this.#onChange = onChange;
  }

  /** Why rows are missing, if they could not be had. */
  get error(): string | undefined {
    return this.#error;
  }

  get(sample: number): FileRow | undefined {
    return this.#rows.get(sample);
  }

  /** Forgets a failure, so that rows are asked for again. */
  retry(): void {
    this.#error = undefined;
  }

  /**
   * Asks for the pages that hold the places first..last.
   * @param sampleAt  the sample at a place of the table
   */
  want(first: number, last: number, count: number, sampleAt: (place: number) => number): void {
    if (this.#error !== undefined) return;
    for (let page = Math.floor(first / pageSize); page <= Math.floor(last / pageSize); page++) {
      if (this.#requests >= mostRequests) return;
      const missing: number[] = [];
      for (let place = page * pageSize; place < Math.min((page + 1) * pageSize, count); place++) {
        const sample = sampleAt(place);
        if (!this.#rows.has(sample) && !this.#asked.has(sample)) missing.push(sample);
      }
      if (missing.length > 0) void this.#request(Uint32Array.from(missing));
    }
  }

  async #request(samples: Uint32Array): Promise<void> {
    this.#requests++;
    for (const sample of samples) this.#asked.add(sample);
    try {
      this.#keep(samples, await this.#fetch(samples));
    } catch (error) {
      this.#error = error instanceof Error ? error.message : String(error);
    } finally {
      this.#requests--;
      for (const sample of samples) this.#asked.delete(sample);
      this.#onChange();
    }
  }

  #keep(samples: Uint32Array, rows: Rows): void {
    if (this.#rows.size + samples.length > mostRows) this.#rows.clear();
    const options = rows.optionBytes.length / Math.max(1, samples.length);
    samples.forEach((sample, row) => {
      this.#rows.set(sample, {
        path: rows.path[row] ?? '',
        label: rows.label[row] ?? '',
        split: rows.split[row] ?? 'train',
        bytes: rows.bytes[row] ?? NaN,
        optionBytes: rows.optionBytes.subarray(row * options, (row + 1) * options),
        sensitivity: rows.sensitivity[row] ?? NaN,
        sensitivityError: rows.sensitivityError[row] ?? NaN,
        cluster: rows.cluster[row] ?? 255,
        guard: rows.guard[row] ?? '',
      });
    });
  }
}
