/** What the pixels and bytes of rows say, without any network. */
import { qualitiesOf, type Encoding } from '../../protocol/encoding.ts';
import { blockDct, standardTables, zigZag } from '../jpeg/index.ts';
import { openViews, type ViewsFile } from './views.ts';

export interface PixelProxies {
  /** Share of the luma's energy, but for the means of blocks, at frequencies u + v ≥ 8; rows. */
  readonly highFrequency: Float32Array;
  /** Mean square of what JPEG's luma table rounds away at every encoding's quality, grey levels², rows × E. */
  readonly quantisationError: Float32Array;
}

const block = 8;
const highFrom = 8;

/** Of the originals among the views; columns and rows beyond whole blocks are left out. */
export function pixelProxies(file: ViewsFile, rows: number, encodings: readonly Encoding[]): PixelProxies {
  using views = openViews(file);
  const { side } = file;
  const tables = encodings.map(({ quality }) => standardTables(quality).luma);
  const highFrequency = new Float32Array(rows);
  const quantisationError = new Float32Array(rows * encodings.length);
  const pixels = new Uint8Array(views.bytes);
  const luma = new Float64Array(block * block);
  const whole = side - (side % block);
  for (let row = 0; row < rows; row++) {
    views.read(row, views.count - 1, pixels, 0);
    let [high, all] = [0, 0];
    const lost = new Float64Array(encodings.length);
    for (let top = 0; top < whole; top += block)
      for (let left = 0; left < whole; left += block) {
        for (let at = 0; at < luma.length; at++)
          luma[at] = lumaAt(pixels, (top + Math.floor(at / block)) * side + left + (at % block));
        const coefficients = blockDct(luma);
        zigZag.forEach((place, k) => {
          const value = coefficients[place] as number;
          tables.forEach((table, q) => {
            const step = table[k] as number;
            lost[q] = (lost[q] as number) + (value - step * Math.round(value / step)) ** 2;
          });
          if (place === 0) return;
          all += value * value;
          if (Math.floor(place / block) + (place % block) >= highFrom) high += value * value;
        });
      }
    highFrequency[row] = all === 0 ? 0 : high / all;
    lost.forEach((sum, q) => {
      quantisationError[row * encodings.length + q] = sum / (whole * whole);
    });
  }
  return { highFrequency, quantisationError };
}

/** Rec. 601, 0..255, of a pixel of an RGB image, less the middle grey. */
const lumaAt = (pixels: Uint8Array, at: number) =>
  0.299 * (pixels[3 * at] as number) +
  0.587 * (pixels[3 * at + 1] as number) +
  0.114 * (pixels[3 * at + 2] as number) -
  128;

/**
 * Slope of log bytes over log quality of every row between its lowest and highest offered qualities of the usual coding; 0
 * with fewer than two.
 */
export function byteSlopes(encoded: Uint32Array, sample: Uint32Array, encodings: readonly Encoding[]): Float32Array {
  const qualities = qualitiesOf(encodings);
  return Float32Array.from(sample, (i) => {
    const own = encoded.subarray(i * encodings.length, i * encodings.length + qualities.length);
    const last = own.findLastIndex((bytes) => bytes > 0);
    if (last < 1) return 0;
    const rise = Math.log((own[last] as number) / (own[0] as number));
    return rise / Math.log((qualities[last] as number) / (qualities[0] as number));
  });
}
