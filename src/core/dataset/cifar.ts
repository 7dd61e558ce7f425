import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '../../protocol/analysis.ts';
import { groupBy, type Pack, type Packs } from './pack.ts';
import { reasonOf, Unreadable } from './reasons.ts';
import type { WalkedFile } from './walk.ts';

const batchPattern = /^(data_batch_\d+|test_batch)\.bin$/;
const namesFile = 'batches.meta.txt';
const side = 32;
const record = 1 + 3 * side * side;
const classCount = 10;
const recordsAtOnce = 1024;
const maxNamesBytes = 1 << 16;

export function isCifarName(file: string): boolean {
  const name = path.posix.basename(file);
  return batchPattern.test(name) || name === namesFile;
}

/** CIFAR-10's binary version: records of a label and 32×32 pixels, all red, all green, all blue. */
export async function findCifar(root: string, files: readonly WalkedFile[], signal: AbortSignal): Promise<Packs> {
  const packs: Pack[] = [];
  const problems: Problem[] = [];
  const used = new Set<string>();
  const all = files.filter(({ path: file }) => isCifarName(file));
  for (const [directory, group] of groupBy(all, ({ path: file }) => path.posix.dirname(file))) {
    const batches = group.filter(({ path: file }) => path.posix.basename(file) !== namesFile);
    if (batches.length === 0) continue;
    const names = await readNames(
      root,
      group.find((file) => !batches.includes(file)),
    );
    for (const file of group) used.add(file.path);
    for (const file of batches) {
      try {
        packs.push(await openBatch(root, file, names, signal));
      } catch (error) {
        signal.throwIfAborted();
        problems.push({ path: file.path, code: 'unreadable', reason: reasonOf(error) });
      }
    }
    if (names.problem !== undefined)
      problems.push({ path: path.posix.join(directory, namesFile), code: 'skipped', reason: names.problem });
  }
  return { packs, problems, used };
}

interface Names {
  readonly of: readonly string[];
  readonly problem?: string;
}

/** They become folder names of a copy: one that would lead elsewhere is refused. */
async function readNames(root: string, file: WalkedFile | undefined): Promise<Names> {
  const numbers = Array.from({ length: classCount }, (_, label) => String(label));
  if (file === undefined) return { of: numbers };
  const instead = `so its classes are called 0 to ${classCount - 1}`;
  if (file.size > maxNamesBytes) return { of: numbers, problem: `too long for a list of class names, ${instead}` };
  try {
    const text = await readFile(path.join(root, file.path), 'utf8');
    const lines = text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    const safe = lines.every((line) => /^[^./\\:\p{Cc}][^/\\:\p{Cc}]*$/u.test(line));
    if (lines.length === classCount && new Set(lines).size === classCount && safe) return { of: lines };
    return { of: numbers, problem: `expected ${classCount} class names, ${instead}` };
  } catch (error) {
    return { of: numbers, problem: `${reasonOf(error)}, ${instead}` };
  }
}

async function openBatch(root: string, file: WalkedFile, names: Names, signal: AbortSignal): Promise<Pack> {
  const count = file.size / record;
  if (!Number.isInteger(count) || count === 0)
    throw new Unreadable(`expected a multiple of ${record} bytes but found ${file.size}`);
  const shape = { count, height: side, width: side, channels: 3, order: 'planar', offset: 1, stride: record } as const;
  const name = path.posix.basename(file.path, '.bin');
  return {
    kind: 'cifar',
    archive: { path: file.path, gzip: false, ...shape, modifiedMs: file.mtimeMs },
    split: name === 'test_batch' ? 'test' : 'train',
    labels: await readLabels(path.join(root, file.path), count, signal),
    className: (label) => names.of[label] ?? String(label),
    prefix: `${name}-`,
  };
}

async function readLabels(file: string, count: number, signal: AbortSignal): Promise<Uint8Array> {
  const labels = new Uint8Array(count);
  const chunk = Buffer.alloc(recordsAtOnce * record);
  const handle = await open(file);
  try {
    for (let first = 0; first < count; first += recordsAtOnce) {
      signal.throwIfAborted();
      const records = Math.min(recordsAtOnce, count - first);
      const { bytesRead } = await handle.read(chunk, 0, records * record, first * record);
      if (bytesRead < records * record) throw new Unreadable('it became shorter while it was read');
      for (let at = 0; at < records; at += 1) labels[first + at] = checkLabel(chunk[at * record] ?? 0, first + at);
    }
  } finally {
    await handle.close();
  }
  return labels;
}

function checkLabel(label: number, at: number): number {
  if (label >= classCount) throw new Unreadable(`expected labels from 0 to 9 but found ${label} at image ${at}`);
  return label;
}
