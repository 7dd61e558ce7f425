import path from 'node:path';
import pMap from 'p-map';
import type { Problem } from '../../protocol/analysis.ts';
import type { JobContext } from '../job.ts';
import { NumberColumn } from './columns.ts';
import { checkImage, isImageName } from './formats.ts';
import { isPackedName } from './packed.ts';
import { reasonOf } from './reasons.ts';
import { StringColumnBuilder } from './string-column.ts';
import { walkFiles, type WalkedFile } from './walk.ts';

const openFiles = 16;
const filesPerReport = 500;
const manifestName = 'bitbudget.manifest.jsonl';

/** Files of a folder by what they are; images as columns. */
export class Gathered {
  readonly path = new StringColumnBuilder();
  readonly bytes = new NumberColumn((length) => new Float64Array(length));
  readonly modifiedMs = new NumberColumn((length) => new Float64Array(length));
  /** Of each image, an index into `directories`. */
  readonly directory = new NumberColumn((length) => new Int32Array(length));
  readonly directories: string[] = [];
  readonly otherPath = new StringColumnBuilder();
  readonly otherBytes = new NumberColumn((length) => new Float64Array(length));
  /** Named like parts of a packed dataset. */
  readonly packed: WalkedFile[] = [];
  readonly problems: Problem[] = [];
  readonly #known = new Map<string, number>();

  addImage(file: WalkedFile): void {
    this.path.push(file.path);
    this.bytes.push(file.size);
    this.modifiedMs.push(file.mtimeMs);
    this.directory.push(this.#indexOf(file.path.slice(0, Math.max(0, file.path.lastIndexOf('/')))));
  }

  addOther(file: Pick<WalkedFile, 'path' | 'size'>): void {
    this.otherPath.push(file.path);
    this.otherBytes.push(file.size);
  }

  /** The same with some images among the other files. */
  withoutImages(paths: ReadonlySet<string>): Gathered {
    const rest = new Gathered();
    const [path, bytes, modifiedMs] = [this.path.finish(), this.bytes.finish(), this.modifiedMs.finish()];
    const [otherPath, otherBytes] = [this.otherPath.finish(), this.otherBytes.finish()];
    for (let at = 0; at < path.length; at++) {
      const file = { path: path.at(at), size: bytes[at] as number, mtimeMs: modifiedMs[at] as number };
      if (paths.has(file.path)) rest.addOther(file);
      else rest.addImage(file);
    }
    for (let at = 0; at < otherPath.length; at++)
      rest.addOther({ path: otherPath.at(at), size: otherBytes[at] as number });
    rest.packed.push(...this.packed);
    rest.problems.push(...this.problems);
    return rest;
  }

  #indexOf(directory: string): number {
    const known = this.#known.get(directory);
    if (known !== undefined) return known;
    this.#known.set(directory, this.directories.length);
    return this.directories.push(directory) - 1;
  }
}

/** Walks a folder and sorts its files; looks into the first bytes of every image. */
export async function gatherFiles(root: string, { signal, onProgress }: JobContext): Promise<Gathered> {
  const gathered = new Gathered();
  let done = 0;
  let reported = 0;
  for await (const { files, problems } of walkFiles(root, signal)) {
    gathered.problems.push(...problems);
    const reasons = await pMap(files, async (file) => whyNoImage(root, file), { concurrency: openFiles });
    for (const [at, file] of files.entries()) sortIn(gathered, file, reasons[at]);
    signal.throwIfAborted();
    done += files.length;
    if (done - reported < filesPerReport) continue;
    reported = done;
    onProgress({ stage: 'scan', done, total: 0, unit: 'files' });
  }
  onProgress({ stage: 'scan', done, total: done, unit: 'files' });
  return gathered;
}

async function whyNoImage(root: string, file: WalkedFile): Promise<string | undefined> {
  if (!isImageName(file.path)) return undefined;
  try {
    await checkImage(path.join(root, file.path));
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

function sortIn(gathered: Gathered, file: WalkedFile, reason: string | undefined): void {
  if (reason !== undefined) gathered.problems.push({ path: file.path, code: 'unreadable', reason });
  else if (isImageName(file.path)) gathered.addImage(file);
  else if (isPackedName(file.path)) gathered.packed.push(file);
  else if (file.path === manifestName) gathered.problems.push(copyOfOurs);
  else gathered.addOther(file);
}

const copyOfOurs: Problem = {
  path: manifestName,
  code: 'skipped',
  reason: 'this folder is itself a copy made by Bitbudget: choose the folder of its sources instead',
};
