import { crc32 } from 'node:zlib';
import { Unreadable } from '../dataset/index.ts';
import type { Encoder } from '../jpeg/index.ts';

/** A mask's pixels: 0..255 for a number, 0x1000000 + 0xRRGGBB for a colour; row-major. */
export interface MaskImage {
  readonly width: number;
  readonly height: number;
  readonly values: Uint32Array;
}

export const colourBit = 0x1000000;
/** Of a PNG's header: bits a sample, and what samples are. */
const [depthAt, kindAt, palette, grey] = [24, 25, 3, 0] as const;

/** @throws Unreadable when it is no image of numbers or plain colours */
export async function readMask(file: Buffer, encoder: Encoder): Promise<MaskImage> {
  if (file[0] === 0xff && file[1] === 0xd8)
    throw new Unreadable('the mask is a JPEG, which does not keep its numbers: expected a PNG');
  const isPng = file.toString('latin1', 1, 4) === 'PNG';
  const [depth, kind] = isPng ? [file[depthAt] ?? 8, file[kindAt]] : [8, undefined];
  const readable = kind === palette ? withNumbersAsColours(file, depth) : file;
  const { pixels, width, height, channels, keepReason } = await encoder.decode(readable).catch((error: unknown) => {
    throw new Unreadable(`the mask can't be decoded: ${(error as Error).message}`);
  });
  if (keepReason !== undefined) throw new Unreadable(`the mask can't be read as classes: ${keepReason}`);
  // Fewer bits come spread over 0..255.
  const step = kind === grey ? 255 / (2 ** Math.min(8, depth) - 1) : 1;
  const values = new Uint32Array(width * height);
  for (let at = 0; at < values.length; at++) {
    const r = pixels[at * channels] as number;
    const g = channels === 1 ? r : (pixels[at * channels + 1] as number);
    const b = channels === 1 ? r : (pixels[at * channels + 2] as number);
    values[at] = r === g && g === b ? r / step : colourBit + ((r << 16) | (g << 8) | b);
  }
  return { width, height, values };
}

/** A PNG whose palette's colours are their own places: decoded, it shows the numbers, also where colours are equal. */
function withNumbersAsColours(png: Buffer, depth: number): Buffer {
  const colours = Buffer.from(Array.from({ length: 2 ** depth }, (_, place) => [place, place, place]).flat());
  const parts = [png.subarray(0, 8)];
  for (let at = 8; at + 8 <= png.length;) {
    const end = at + 12 + png.readUInt32BE(at);
    const kind = png.toString('latin1', at + 4, at + 8);
    if (kind === 'PLTE') parts.push(chunk(kind, colours));
    if (['IHDR', 'IDAT', 'IEND'].includes(kind)) parts.push(png.subarray(at, end));
    at = end;
  }
  return Buffer.concat(parts);
}

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32BE(data.length, 0);
  numbers.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([numbers.subarray(0, 4), body, numbers.subarray(4)]);
}
