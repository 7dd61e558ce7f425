import { availableParallelism } from 'node:os';
import { mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import pMap from 'p-map';
import type { Problem } from '../../protocol/analysis.ts';
import { countedAs, countedBytes, endBytes } from '../../protocol/byte-model.ts';
import type { CopySummary } from '../../protocol/worker.ts';
import { openArchives } from '../dataset/index.ts';
import { InputError } from '../errors.ts';
import type { JobContext } from '../job.ts';
import { createEncoder } from '../jpeg/index.ts';
import { openJournal, type Journal } from './journal.ts';
import { writeLines } from './lines.ts';
import { makeFile, manifestLine, sha256OfFile, SourceFault, type FileMaker } from './make-file.ts';
import { manifestName, unfinishedFolder, type ManifestHeader, type ManifestLine } from './manifest.ts';
import { readPlan } from './plan-file.ts';
import type { PlanHeader, PlanLine } from './plan-schema.ts';
import { prepareTarget } from './target.ts';

/** What the copy holds of every line of the plan: bytes (NaN where there is no file) and SHA-256. */
interface Written {
  readonly bytes: Float64Array;
  readonly hash: Uint8Array;
}

/**
 * Writes the copy that a plan describes, or resumes it: what the journal knows and still has its content is not made
 * again. Every file appears whole under its name or not at all; the manifest appears last, in the plan's order, so that
 * an interrupted copy ends with the same bytes as an undisturbed one. The dataset is only read.
 * @throws InputError when the target can't be used, or the plan does not fit its dataset
 */
export async function writeCopy(
  planFile: string,
  out: string,
  { signal, onProgress }: JobContext,
): Promise<CopySummary> {
  const { header, lines } = await readPlan(planFile);
  const { byteModel = 'plain' } = header;
  const target = await prepareTarget(header.root, out);
  await using journal = await openJournal(target);
  await mkdir(path.join(target, unfinishedFolder), { recursive: true });
  await using archives = openArchives(header.root, header.archives);
  const maker: FileMaker = { header, archives, encoder: createEncoder(header), target };
  const written: Written = {
    bytes: new Float64Array(header.lines).fill(NaN),
    hash: new Uint8Array(header.lines * 32),
  };
  const skipped: Problem[] = header.problems.filter((problem) => problem.code === 'unreadable') as Problem[];
  const stale = new Set(journal.known.keys());
  const count = { written: 0, reused: 0, dropped: 0, done: 0, bytes: endBytes(byteModel) };

  const handleLine = async ([number, line]: readonly [number, PlanLine]) => {
    if (line.quality === 'drop') count.dropped += 1;
    else {
      stale.delete(line.target);
      try {
        const result = await reuseOrMake(line, number, maker, journal);
        written.bytes[number] = result.bytes;
        count.bytes += countedBytes(byteModel, result.bytes, Buffer.byteLength(line.target));
        written.hash.set(Buffer.from(result.sha256, 'hex'), number * 32);
        count[result.kind] += 1;
      } catch (error) {
        if (!(error instanceof SourceFault)) throw error;
        skipped.push({ path: line.path, code: 'skipped', reason: error.message });
      }
    }
    count.done += 1;
    onProgress({ stage: 'write', done: count.done, total: header.lines, unit: 'files' });
  };
  await pMap(numbered(lines()), handleLine, { concurrency: availableParallelism() * 2, signal });

  for (const leftover of stale) await removeOwn(target, leftover, journal.known.get(leftover));
  await rm(path.join(target, unfinishedFolder), { recursive: true, force: true });
  const bytes = written.bytes.reduce((sum, own) => sum + (Number.isNaN(own) ? 0 : own), 0);
  if (count.bytes > header.budgetBytes)
    throw new InputError(
      `The copy takes ${count.bytes} bytes${countedAs(byteModel)}, more than the budget of ${header.budgetBytes}: make the plan again`,
    );
  skipped.sort((a, b) => (a.path < b.path ? -1 : 1));
  await writeManifest(target, header, lines(), written, { bytes, dropped: count.dropped, skipped });
  await journal.finish();
  const { written: made, reused, dropped, bytes: counted } = count;
  const { budgetBytes } = header;
  return { out: target, written: made, reused, dropped, bytes, byteModel, countedBytes: counted, budgetBytes, skipped };
}

async function reuseOrMake(line: PlanLine, number: number, maker: FileMaker, journal: Journal) {
  const entry = manifestLine(line, maker.header);
  const before = journal.known.get(line.target);
  const file = path.join(maker.target, line.target);
  if (before?.sha256 !== undefined && before.bytes !== undefined && sameFile(before, entry)) {
    const sourceKnown = line.sha256 !== undefined || (await sameStat(path.join(maker.header.root, line.path), file));
    const found = sourceKnown ? await sha256OfFile(file).catch(() => undefined) : undefined;
    if (found === before.sha256) return { kind: 'reused', sha256: found, bytes: before.bytes } as const;
  }
  const made = await makeFile(line, number, maker);
  await journal.append({ ...entry, ...made });
  return { kind: 'written', ...made } as const;
}

const sameFile = (a: ManifestLine, b: ManifestLine) => a.sourceSha256 === b.sourceSha256 && a.encoding === b.encoding;

/** A file that is no sample has no hash in the plan; its copy has its size and time. */
async function sameStat(source: string, copy: string): Promise<boolean> {
  const [a, b] = await Promise.all([source, copy].map((file) => stat(file).catch(() => undefined)));
  return a !== undefined && a.size === b?.size && Math.abs(a.mtimeMs - b.mtimeMs) < 1;
}

/** Removes a file of an earlier plan that this plan does not have, unless somebody changed it. */
async function removeOwn(target: string, name: string, line: ManifestLine | undefined): Promise<void> {
  const file = path.join(target, name);
  if ((await sha256OfFile(file).catch(() => undefined)) === line?.sha256) await rm(file, { force: true });
}

async function writeManifest(
  target: string,
  header: PlanHeader,
  lines: AsyncIterable<PlanLine>,
  { bytes, hash }: Written,
  outcome: Pick<ManifestHeader, 'bytes' | 'dropped' | 'skipped'>,
): Promise<void> {
  const { root, budgetBytes, byteModel } = header;
  const files = bytes.reduce((sum, own) => sum + (Number.isNaN(own) ? 0 : 1), 0);
  async function* text(): AsyncIterable<string> {
    yield JSON.stringify({
      kind: 'bitbudget-manifest',
      version: 1,
      root,
      budgetBytes,
      ...(byteModel && { byteModel }),
      files,
      ...outcome,
    } satisfies ManifestHeader);
    for await (const [number, line] of numbered(lines)) {
      const own = bytes[number] as number;
      const sha256 = Buffer.from(hash.subarray(number * 32, (number + 1) * 32)).toString('hex');
      yield JSON.stringify({ ...manifestLine(line, header), ...(Number.isNaN(own) ? {} : { sha256, bytes: own }) });
    }
  }
  await writeLines(path.join(target, manifestName), text());
}

async function* numbered<T>(items: AsyncIterable<T>): AsyncIterable<readonly [number, T]> {
  let number = 0;
  for await (const item of items) yield [number++, item];
}
