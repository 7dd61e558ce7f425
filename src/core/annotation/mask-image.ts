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
  const { pixels, width, height, channels, keepReason } = await encoder.decode(file).catch((error: unknown) => {
    throw new Unreadable(`the mask can't be decoded: ${(error as Error).message}`);
  });
  if (keepReason !== undefined) throw new Unreadable(`the mask is ${keepReason}`);
  const isPng = file.toString('latin1', 1, 4) === 'PNG';
  const numberOf = isPng && file[kindAt] === palette ? paletteNumbers(file) : undefined;
  // Fewer bits come spread over 0..255.
  const step = isPng && file[kindAt] === grey ? 255 / (2 ** Math.min(8, file[depthAt] as number) - 1) : 1;
  const values = Uint32Array.from({ length: width * height }, (_, at) => {
    const [r, g, b] = [0, 1, 2].map((c) => pixels[at * channels + (channels === 1 ? 0 : c)]) as [
      number,
      number,
      number,
    ];
    const colour = (r << 16) | (g << 8) | b;
    return numberOf?.get(colour) ?? (r === g && g === b ? r / step : colourBit + colour);
  });
  return { width, height, values };
}

/** Places of the colours of a PNG's palette; equal ones are taken for the first. */
function paletteNumbers(png: Buffer): Map<number, number> {
  const numbers = new Map<number, number>();
  for (let at = 8; at + 8 <= png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) !== 'PLTE') continue;
    const size = png.readUInt32BE(at) / 3;
    for (let k = size - 1; k >= 0; k--) numbers.set(png.readUIntBE(at + 8 + 3 * k, 3), k);
    break;
  }
  return numbers;
}
