import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import pMap from 'p-map';
import { countedAs, countedBytes, endBytes } from '../../protocol/byte-model.ts';
import type { VerifySummary } from '../../protocol/worker.ts';
import { InputError } from '../errors.ts';
import type { JobContext } from '../job.ts';
import { manifestLines } from './journal.ts';
import { journalName, manifestHeaderSchema, manifestName, type ManifestLine } from './manifest.ts';
import { linesOf, parseLine } from './plan-file.ts';

/**
 * Reads a copy back and compares every file with the manifest: missing, truncated, altered, added. Trusts neither
 * sizes nor times, only content.
 * @throws InputError when the folder holds no copy
 */
export async function verifyCopy(out: string, { signal, onProgress }: JobContext): Promise<VerifySummary> {
  const manifest = path.join(out, manifestName);
  if (!existsSync(manifest)) throw new InputError(missingManifest(out));
  const header = await manifestHeader(manifest);
  const { byteModel = 'plain' } = header;
  const faults: { path: string; fault: string }[] = [];
  const expected = new Set<string>([manifestName]);
  let bytes = 0;
  let counted = endBytes(byteModel);
  let files = 0;
  const checkLine = async (line: ManifestLine) => {
    if (line.sha256 === undefined) return;
    expected.add(line.path);
    const found = await contentOf(path.join(out, line.path));
    const fault = faultOf(line, found);
    if (fault !== undefined) faults.push({ path: line.path, fault });
    bytes += found?.bytes ?? 0;
    if (found) counted += countedBytes(byteModel, found.bytes, Buffer.byteLength(line.path));
    files += 1;
    onProgress({ stage: 'verify', done: files, total: header.files, unit: 'files' });
  };
  await pMap(manifestLines(manifest), checkLine, { concurrency: availableParallelism() * 2, signal });
  for await (const file of filesOf(out, ''))
    if (!expected.has(file)) faults.push({ path: file, fault: 'added: the manifest does not know it' });
  if (files !== header.files)
    faults.push({ path: manifestName, fault: `cut off: ${header.files} files announced, ${files} listed` });
  if (counted > header.budgetBytes)
    faults.push({
      path: manifestName,
      fault: `${counted} bytes${countedAs(byteModel)} are more than the budget of ${header.budgetBytes}`,
    });
  faults.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files, bytes, complete: !existsSync(path.join(out, journalName)), faults };
}

function missingManifest(out: string): string {
  return existsSync(path.join(out, journalName))
    ? `The copy in ${out} is unfinished: run "bitbudget write" again`
    : `${out} holds no ${manifestName}: expected a folder that "bitbudget write" made`;
}

async function manifestHeader(file: string) {
  for await (const text of linesOf(file)) return parseLine(manifestHeaderSchema, text, file, 1);
  throw new InputError(`${file} is empty: write the copy again`);
}

function faultOf(line: ManifestLine, found: { bytes: number; sha256: string } | undefined): string | undefined {
  if (found === undefined) return 'missing';
  if (found.sha256 === line.sha256) return undefined;
  const expected = line.bytes ?? 0;
  return found.bytes < expected
    ? `truncated: ${found.bytes} of ${expected} bytes`
    : 'altered: its content is not what was written';
}

async function contentOf(file: string): Promise<{ bytes: number; sha256: string } | undefined> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    await pipeline(
      createReadStream(file),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          bytes += chunk.length;
          yield chunk;
        }
      },
      hash,
    );
  } catch {
    return undefined;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** All files below a folder, relative, with forward slashes. */
async function* filesOf(root: string, folder: string): AsyncIterable<string> {
  for await (const entry of await opendir(path.join(root, folder))) {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) yield* filesOf(root, name);
    else yield name;
  }
}
