import { open, rm, type FileHandle } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../errors.ts';
import { writeLines } from './lines.ts';
import { journalName, manifestLineSchema, manifestName, type ManifestLine } from './manifest.ts';
import { linesOf, parseLine } from './plan-file.ts';

export interface Journal extends AsyncDisposable {
  /** Lines of earlier runs, by path in the copy. */
  readonly known: ReadonlyMap<string, ManifestLine>;
  append(line: ManifestLine): Promise<void>;
  /** The copy is whole: forgets the journal. */
  finish(): Promise<void>;
}

/** Opens the journal of a copy; a finished copy's manifest becomes the journal again, since the copy is unfinished now. */
export async function openJournal(target: string): Promise<Journal> {
  const file = path.join(target, journalName);
  const manifest = path.join(target, manifestName);
  const known = new Map<string, ManifestLine>();
  if (existsSync(manifest)) {
    for await (const line of manifestLines(manifest)) if (line.sha256 !== undefined) known.set(line.path, line);
  }
  if (existsSync(file)) for await (const line of journalLines(file)) known.set(line.path, line);
  // A line that a kill cut short is gone with this; the manifest goes only when the journal has all it says.
  await writeLines(
    file,
    [...known.values()].map((line) => JSON.stringify(line)),
  );
  await rm(manifest, { force: true });
  const handle: FileHandle = await open(file, 'a');
  return {
    known,
    append: (line) => handle.appendFile(`${JSON.stringify(line)}\n`),
    finish: () => rm(file, { force: true }),
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

/** The lines behind a manifest's header. */
export async function* manifestLines(file: string): AsyncIterable<ManifestLine> {
  let number = 0;
  for await (const text of linesOf(file)) {
    number += 1;
    if (number > 1) yield parseLine(manifestLineSchema, text, file, number);
  }
}

async function* journalLines(file: string): AsyncIterable<ManifestLine> {
  let number = 0;
  for await (const text of linesOf(file)) {
    number += 1;
    try {
      yield parseLine(manifestLineSchema, text, file, number);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return; // cut short by a kill: what follows is made again
    }
  }
}
