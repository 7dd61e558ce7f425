import { open, rename, rm, mkdir } from 'node:fs/promises';
import path from 'node:path';

const chunkCharacters = 1 << 20;

/** Whether a name is that of a file of lines which a process was writing when it ended. */
export const isUnfinished = (name: string, file: string) =>
  name.startsWith(`${file}.`) && /^\d+\.tmp$/.test(name.slice(file.length + 1));

/** Writes lines to a file that appears whole or not at all; memory does not grow with their number. */
export async function writeLines(file: string, lines: Iterable<string> | AsyncIterable<string>): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}.tmp`;
  try {
    const handle = await open(unfinished, 'w');
    try {
      let chunk = '';
      for await (const line of lines) {
        chunk += `${line}\n`;
        if (chunk.length < chunkCharacters) continue;
        await handle.writeFile(chunk);
        chunk = '';
      }
      await handle.writeFile(chunk);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
