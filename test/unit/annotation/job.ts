import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { readAnnotations } from '../../../src/core/annotation/index.ts';
import type { Dataset } from '../../../src/core/dataset/index.ts';
import { createEncoder } from '../../../src/core/jpeg/index.ts';
import type { JobContext } from '../../../src/core/job.ts';
import { openStore, type Store } from '../../../src/core/store/index.ts';
import { folderOf, scan } from '../dataset/fixtures.ts';

export const job: JobContext = { signal: new AbortController().signal, onProgress: () => undefined };
export const encoder = createEncoder({ optimizeHuffman: true });

/** Removed after the test. */
export async function temporaryStore(): Promise<Store> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bitbudget-store-'));
  const store = openStore(folder);
  onTestFinished(async () => {
    store.close();
    await rm(folder, { recursive: true, force: true });
  });
  return store;
}

/** Scans a folder of these files and reads its annotations. */
export async function annotatedDataset(files: Readonly<Record<string, string | Buffer>>): Promise<Dataset> {
  return readAnnotations(await scan(await folderOf(files)), { encoder, store: await temporaryStore() }, job);
}
