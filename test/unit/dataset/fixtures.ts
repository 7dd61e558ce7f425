import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { scanDataset, type Dataset } from '../../../src/core/dataset/index.ts';

/** Begins like a PNG, which is all that a scan looks at. */
export const png = Buffer.from('\x89PNG\r\n\x1a\n and some more bytes', 'latin1');

/** A temporary folder with these files in it, removed after the test. */
export async function folderOf(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'bitbudget-dataset-'));
  onTestFinished(async () => rm(root, { recursive: true, force: true }));
  for (const [name, data] of Object.entries(files)) await addFile(root, name, data);
  return root;
}

export async function addFile(root: string, name: string, data: string | Buffer): Promise<void> {
  await mkdir(path.dirname(path.join(root, name)), { recursive: true });
  await writeFile(path.join(root, name), data);
}

/** A folder of files that pass for images. */
export async function imagesAt(...names: string[]): Promise<string> {
  return folderOf(Object.fromEntries(names.map((name) => [name, png])));
}

export async function scan(root: string): Promise<Dataset> {
  return scanDataset(root, { signal: new AbortController().signal, onProgress: () => undefined });
}

/** One line a sample: split, class, path. */
export function rowsOf(dataset: Dataset): string[] {
  const names = ['train', 'val', 'test'];
  return Array.from({ length: dataset.count }, (_, at) => {
    const label = dataset.label[at] ?? -1;
    return `${names[dataset.split[at] ?? 0] ?? ''} ${dataset.classes[label] ?? '-'} ${dataset.path.at(at)}`;
  });
}

/** `path: reason` of every problem. */
export function problemsOf(dataset: Dataset): string[] {
  return dataset.problems.map(({ path: file, code, reason }) => `${code} ${file}: ${reason}`);
}

export function otherOf({ other }: Dataset): string[] {
  return Array.from({ length: other.path.length }, (_, at) => other.path.at(at));
}

export function idxImages(count: number, height: number, width: number, pixels = count * height * width): Buffer {
  const header = Buffer.alloc(16);
  [0x803, count, height, width].forEach((value, at) => header.writeUInt32BE(value, at * 4));
  return Buffer.concat([header, Buffer.from(Uint8Array.from({ length: pixels }, (_, at) => at % 251))]);
}

export function idxLabels(...labels: number[]): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(0x801, 0);
  header.writeUInt32BE(labels.length, 4);
  return Buffer.concat([header, Buffer.from(labels)]);
}

/** Records whose red is the index, green 100 and blue 200; the first pixel is (1, 2, 3). */
export function cifarBatch(...labels: number[]): Buffer {
  return Buffer.concat(
    labels.map((label, at) => {
      const planes = [at, 100, 200].map((value, plane) => Buffer.alloc(1024, value).fill(plane + 1, 0, 1));
      return Buffer.concat([Buffer.from([label]), ...planes]);
    }),
  );
}
