import { cosineBasis } from '../cosine-basis.ts';

/** Side of the view that a fingerprint is taken of, pixels. */
export const viewSide = 32;
/** Sides of the thumbnail's luma and of its two chromas. */
const [lumaSide, chromaSide] = [16, 4];
export const lumaLength = lumaSide * lumaSide;
export const thumbnailLength = lumaLength + 2 * chromaSide * chromaSide;
/** Words of 16 bits in a hash. */
export const hashWords = 4;

const frequencies = 8;
const basis = cosineBasis(viewSide);

export interface Fingerprint {
  readonly hash: Uint16Array;
  /** Luma 16 × 16, then blue and red chroma 4 × 4 each (ITU-R BT.601), 0..255. */
  readonly thumbnail: Uint8Array;
}

/**
 * @param view  32 × 32 × 3, RGB
 * @returns a perceptual hash of 64 bits: which of the 8 × 8 lowest coefficients of the luma's cosine transform are above
 *   their median, the mean apart (pHash: Zauner 2010); and a thumbnail to confirm by
 */
export function fingerprintOf(view: Uint8Array): Fingerprint {
  const luma = new Float64Array(viewSide * viewSide);
  const thumbnail = new Float64Array(thumbnailLength);
  const add = (start: number, side: number, pixel: number, value: number) => {
    const block = viewSide / side;
    const at = start + Math.floor(pixel / viewSide / block) * side + Math.floor((pixel % viewSide) / block);
    thumbnail[at] = (thumbnail[at] as number) + value / block ** 2;
  };
  for (let pixel = 0; pixel < luma.length; pixel++) {
    const red = view[3 * pixel] as number;
    const green = view[3 * pixel + 1] as number;
    const blue = view[3 * pixel + 2] as number;
    const y = 0.299 * red + 0.587 * green + 0.114 * blue;
    luma[pixel] = y;
    add(0, lumaSide, pixel, y);
    add(lumaLength, chromaSide, pixel, 128 + 0.564 * (blue - y));
    add(lumaLength + chromaSide ** 2, chromaSide, pixel, 128 + 0.713 * (red - y));
  }
  return { hash: hashOf(luma), thumbnail: Uint8Array.from(thumbnail, Math.round) };
}

function hashOf(luma: Float64Array): Uint16Array {
  const coefficients = lowest(lowest(luma, viewSide), frequencies);
  const sorted = coefficients.slice(1).sort();
  const median = sorted[sorted.length >> 1] as number;
  const hash = new Uint16Array(hashWords);
  coefficients.forEach((own, bit) => {
    if (own > median) hash[bit >> 4] = (hash[bit >> 4] as number) | (1 << (bit & 15));
  });
  return hash;
}

/** The lowest coefficients of every row of 32, each as a column. */
function lowest(values: Float64Array, rows: number): Float64Array {
  const out = new Float64Array(frequencies * rows);
  for (let k = 0; k < frequencies; k++)
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let x = 0; x < viewSide; x++)
        sum += (basis[k * viewSide + x] as number) * (values[row * viewSide + x] as number);
      out[k * rows + row] = sum;
    }
  return out;
}
