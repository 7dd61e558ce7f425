import { open } from 'node:fs/promises';
import path from 'node:path';
import { Unreadable } from './reasons.ts';

const extensions = new Set([
  '.png',
  '.jpg',
  '.jpeg',
  '.jpe',
  '.jfif',
  '.webp',
  '.bmp',
  '.tif',
  '.tiff',
  '.gif',
  '.avif',
]);
const headBytes = 32;

/** In words, for people. */
export const imageFormats = 'PNG, JPEG, WebP, AVIF, TIFF, GIF or BMP';

/** By its name only. */
export function isImageName(file: string): boolean {
  return extensions.has(path.posix.extname(file).toLowerCase());
}

/**
 * Looks whether a file begins like an image of any known format; its extension may name another.
 * @throws Unreadable, or the system's error
 */
export async function checkImage(file: string): Promise<void> {
  const handle = await open(file);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    const head = buffer.subarray(0, bytesRead);
    if (bytesRead === 0) throw new Unreadable('the file is empty');
    if (!beginsLikeImage(head)) throw new Unreadable(describe(head));
  } finally {
    await handle.close();
  }
}

function beginsLikeImage(head: Buffer): boolean {
  const text = head.toString('latin1');
  return (
    text.startsWith('\x89PNG\r\n\x1a\n') ||
    text.startsWith('\xff\xd8\xff') ||
    text.startsWith('GIF8') ||
    text.startsWith('BM') ||
    /^(II[*+]\0|MM\0[*+])/.test(text) ||
    (text.startsWith('RIFF') && text.startsWith('WEBP', 8)) ||
    (text.startsWith('ftyp', 4) && /avi[fs]|mif1|msf1/.test(text.slice(8)))
  );
}

function describe(head: Buffer): string {
  const text = head.toString('latin1');
  if (/^\s*<(!doctype|html)/i.test(text)) return 'a web page, not an image: its download may have failed';
  if (/^[\t\n\r\x20-\x7e]*$/.test(text)) return 'text, not an image';
  return `begins with ${head.toString('hex', 0, 4)}, like no known image format`;
}
