/** What a COCO JSON file lists, without holding it in memory. */
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { headOf } from './text-file.ts';

const fileName = /"file_name"\s*:\s*("(?:[^"\\]|\\.)*")/g;
/** Longer than any name with its key. */
const carried = 8192;

/** By its first bytes. */
export async function looksLikeCoco(root: string, file: string): Promise<boolean> {
  return /^\s*\{[^]*"(images|annotations|categories|licenses|info)"/.test(await headOf(root, file));
}

/** Names of the images, in order; none where the file has captions or other things instead of boxes. */
export async function listCocoImages(root: string, file: string): Promise<string[]> {
  const names: string[] = [];
  let [rest, hasBoxes] = ['', false];
  for await (const chunk of createReadStream(path.join(root, file), { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    const text = rest + (chunk as string);
    let end = 0;
    for (const match of text.matchAll(fileName)) {
      names.push(...unquoted(match[1] as string));
      end = match.index + match[0].length;
    }
    hasBoxes ||= text.includes('"bbox"');
    rest = text.slice(Math.max(end, text.length - carried));
  }
  return hasBoxes ? names : [];
}

/** None where it is no JSON: reading the file will say so. */
function unquoted(name: string): string[] {
  try {
    return [JSON.parse(name) as string];
  } catch {
    return [];
  }
}
