/** What a COCO JSON file lists, without holding it in memory. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';

const headBytes = 4096;
const fileName = /"file_name"\s*:\s*("(?:[^"\\]|\\.)*")/g;
/** Longer than any name with its key. */
const carried = 8192;

/** By its first bytes. */
export async function looksLikeCoco(root: string, file: string): Promise<boolean> {
  const handle = await open(path.join(root, file));
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return /^\s*\{[^]*"(images|annotations|categories|licenses|info)"/.test(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** Names of the images, in order. */
export async function* listCocoImages(root: string, file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(path.join(root, file), { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    const text = rest + (chunk as string);
    let end = 0;
    for (const match of text.matchAll(fileName)) {
      yield JSON.parse(match[1] as string) as string;
      end = match.index + match[0].length;
    }
    rest = text.slice(Math.max(end, text.length - carried));
  }
}
