import { opendir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import pMap from 'p-map';
import type { Problem } from '../../protocol/analysis.ts';
import { codeOf, reasonOf } from './reasons.ts';

export interface WalkedFile {
  /** Relative to the root, forward slashes. */
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/** What the walk met since the batch before. */
export interface WalkBatch {
  readonly files: readonly WalkedFile[];
  readonly problems: readonly Problem[];
}

type Met = { readonly kind: 'file'; readonly path: string } | { readonly kind: 'problem'; readonly problem: Problem };
type Entry =
  | { readonly kind: 'file' | 'directory'; readonly name: string }
  | (Met & { readonly kind: 'problem'; readonly name: string });

interface Walk {
  /** Links resolved. */
  readonly root: string;
  readonly signal: AbortSignal;
  /** Real directories by device and inode: whatever links say, each is entered once. */
  readonly visited: Set<string>;
}

const namesAtOnce = 1024;
const batchSize = 512;
const openFiles = 16;

/**
 * Walks the files below a folder, ordered by path in code units. Holds the names of one directory and its parents, and
 * opens directories only: a named pipe can't stall it. Hidden names and what systems strew about are passed over.
 * @param root  absolute, links resolved
 */
export async function* walkFiles(root: string, signal: AbortSignal): AsyncGenerator<WalkBatch> {
  const walk: Walk = { root, signal, visited: new Set() };
  let pending: Met[] = [];
  for await (const met of walkDirectory(walk, '')) {
    pending.push(met);
    if (pending.length < batchSize) continue;
    yield await measure(walk, pending);
    pending = [];
  }
  if (pending.length > 0) yield await measure(walk, pending);
}

/** True for names that no dataset means to hold. */
function isPassedOver(name: string): boolean {
  return name.startsWith('.') || name === 'Thumbs.db' || name === 'desktop.ini' || name === '__MACOSX';
}

async function* walkDirectory(walk: Walk, directory: string): AsyncGenerator<Met> {
  let entries: Entry[];
  try {
    if (!(await enter(walk, directory))) {
      yield problem(directory, 'skipped', 'the same directory was already scanned under another name');
      return;
    }
    entries = await list(walk, directory);
  } catch (error) {
    walk.signal.throwIfAborted();
    yield problem(directory, 'unreadable', missing(directory, error));
    return;
  }
  for (const entry of entries) {
    walk.signal.throwIfAborted();
    if (entry.kind === 'problem') yield entry;
    else if (entry.kind === 'file') yield { kind: 'file', path: join(directory, entry.name) };
    else yield* walkDirectory(walk, join(directory, entry.name));
  }
}

async function enter({ root, visited }: Walk, directory: string): Promise<boolean> {
  const { dev, ino } = await stat(path.join(root, directory), { bigint: true });
  const key = `${dev.toString()}:${ino.toString()}`;
  if (visited.has(key)) return false;
  visited.add(key);
  return true;
}

async function list(walk: Walk, directory: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of await opendir(path.join(walk.root, directory), { bufferSize: namesAtOnce })) {
    walk.signal.throwIfAborted();
    const { name } = entry;
    if (isPassedOver(name)) continue;
    if (entry.isFile()) entries.push({ kind: 'file', name });
    else if (entry.isDirectory()) entries.push({ kind: 'directory', name });
    else if (entry.isSymbolicLink()) entries.push(await follow(walk, directory, name));
    else entries.push({ ...notAFile(join(directory, name)), name });
  }
  return entries.sort(byPath);
}

/** A directory sorts as its contents do, with the slash: `a.png` comes before `a/b.png`. */
function byPath(a: Entry, b: Entry): number {
  const left = a.kind === 'directory' ? `${a.name}/` : a.name;
  const right = b.kind === 'directory' ? `${b.name}/` : b.name;
  return left < right ? -1 : left > right ? 1 : 0;
}

async function follow(walk: Walk, directory: string, name: string): Promise<Entry> {
  const link = join(directory, name);
  try {
    const target = await stat(path.join(walk.root, link));
    if (target.isFile()) return { kind: 'file', name };
    if (!target.isDirectory()) return { ...notAFile(link), name };
    const reason = await whyNotEnter(walk.root, link);
    return reason === undefined ? { kind: 'directory', name } : { ...problem(link, 'skipped', reason), name };
  } catch (error) {
    const dangling = codeOf(error) === 'ENOENT';
    return { ...problem(link, 'unreadable', dangling ? 'a link to nothing' : reasonOf(error)), name };
  }
}

/** A directory that the walk reaches by itself must not hold every sample twice; this also cuts every circle of links. */
async function whyNotEnter(root: string, link: string): Promise<string | undefined> {
  const target = path.relative(root, await realpath(path.join(root, link)));
  const names = target.split(path.sep);
  if (names[0] === '..' || path.isAbsolute(target)) return 'a link to a directory outside of this folder';
  if (target === '') return 'a link to this folder itself';
  return names.some(isPassedOver) ? undefined : `a link to ${names.join('/')}, which is scanned already`;
}

async function measure({ root, signal }: Walk, batch: readonly Met[]): Promise<WalkBatch> {
  signal.throwIfAborted();
  const problems: Problem[] = [];
  const measured = await pMap(
    batch,
    async (met) => {
      if (met.kind === 'problem') return met;
      try {
        const found = await stat(path.join(root, met.path));
        return found.isFile() ? { path: met.path, size: found.size, mtimeMs: found.mtimeMs } : notAFile(met.path);
      } catch (error) {
        return problem(met.path, 'unreadable', missing(met.path, error));
      }
    },
    { concurrency: openFiles },
  );
  const files: WalkedFile[] = [];
  for (const one of measured) {
    if ('kind' in one) problems.push(one.problem);
    else files.push(one);
  }
  return { files, problems };
}

/** Names that are not valid Unicode are listed with replacement characters, under which nothing can be opened. */
function missing(file: string, error: unknown): string {
  const damaged = codeOf(error) === 'ENOENT' && /[\p{Surrogate}\uFFFD]/u.test(file);
  return damaged ? 'its name is not valid Unicode: rename it' : reasonOf(error);
}

function notAFile(at: string): Met & { kind: 'problem' } {
  return problem(at, 'skipped', 'neither a file nor a directory, but a pipe, socket or device');
}

function problem(at: string, code: 'skipped' | 'unreadable', reason: string): Met & { kind: 'problem' } {
  return { kind: 'problem', problem: { path: at === '' ? '.' : at, code, reason } };
}

function join(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}
