import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';

export const textOf = (root: string, file: string): Promise<string> => readFile(path.join(root, file), 'utf8');

/** The first line that is not empty; undefined where there is none. */
export async function firstLine(root: string, file: string): Promise<string | undefined> {
  const stream = createReadStream(path.join(root, file), { encoding: 'utf8' });
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity }))
      if (line.trim() !== '') return line;
    return undefined;
  } finally {
    stream.destroy();
  }
}
