import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { JobContext } from '../../../src/core/job.ts';
import { createEncoder, type Encoder } from '../../../src/core/jpeg/index.ts';
import { openStore } from '../../../src/core/store/index.ts';

export const options = { codings: ['4:2:0'], optimizeHuffman: true } as const;
export const job: JobContext = { signal: new AbortController().signal, onProgress: () => undefined };

/** A store that is gone after the test, and an encoder that counts how often anything is encoded. */
export async function countingPorts() {
  const folder = await mkdtemp(path.join(tmpdir(), 'bitbudget-store-'));
  const store = openStore(folder);
  onTestFinished(async () => {
    store.close();
    await rm(folder, { recursive: true, force: true });
  });
  const real = createEncoder(options);
  const count = { encoded: 0 };
  const encoder: Encoder = {
    ...real,
    encode: (image, encoding) => {
      count.encoded += 1;
      return real.encode(image, encoding);
    },
  };
  return { store, encoder, count };
}
