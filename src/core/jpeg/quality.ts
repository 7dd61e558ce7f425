/** The quality factor that an existing JPEG was written with, as libjpeg scales it. */
import { readJpegHeader } from './segments.ts';

// ITU-T T.81, tables K.1 and K.2, in zig-zag order.
// prettier-ignore
const luma = [
  16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51,
  56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];
// prettier-ignore
const chroma = [
  17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

/** The standard tables at a quality 1..100 (libjpeg's jpeg_set_quality), zig-zag order, 1..255. */
export function standardTables(quality: number): { luma: Uint16Array; chroma: Uint16Array } {
  const scale = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality;
  const scaled = (base: readonly number[]) =>
    Uint16Array.from(base, (value) => Math.min(255, Math.max(1, Math.floor((value * scale + 50) / 100))));
  return { luma: scaled(luma), chroma: scaled(chroma) };
}

/**
 * Quality of a JPEG file: the one whose standard tables lie nearest to the file's own (least sum of absolute
 * logarithmic differences, so that coarse and fine steps weigh alike). Exact for files of libjpeg's family;
 * for other tables the nearest in strength.
 * @returns 1..100, or undefined where the bytes are no JPEG with tables
 */
export function estimateQuality(file: Uint8Array): number | undefined {
  const header = readJpegHeader(file);
  const [first = 0, second] = header?.componentTables ?? [];
  const ownLuma = header?.tables.get(first);
  if (header === undefined || ownLuma === undefined) return undefined;
  const ownChroma = second === undefined ? undefined : header.tables.get(second);
  let best = 1;
  let least = Infinity;
  for (let quality = 1; quality <= 100; quality++) {
    const standard = standardTables(quality);
    const distance =
      distanceBetween(ownLuma, standard.luma) + (ownChroma ? distanceBetween(ownChroma, standard.chroma) : 0);
    if (distance < least) [best, least] = [quality, distance];
  }
  return best;
}

function distanceBetween(a: Uint16Array, b: Uint16Array): number {
  let sum = 0;
  for (let k = 0; k < 64; k++) sum += Math.abs(Math.log((a[k] || 1) / (b[k] as number)));
  return sum;
}
