import { open, readFile } from 'node:fs/promises';
import path from 'node:path';

const headBytes = 4096;

/** Without the mark that some editors put first. */
export const textOf = async (root: string, file: string): Promise<string> =>
  (await readFile(path.join(root, file), 'utf8')).replace(/^\uFEFF/, '');

/** The first bytes as text; none of what can't be read: whoever needs the whole file says so. */
export async function headOf(root: string, file: string): Promise<string> {
  try {
    await using handle = await open(path.join(root, file));
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  }
}
