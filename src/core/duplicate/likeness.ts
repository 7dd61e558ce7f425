import { lumaLength, thumbnailLength } from './fingerprint.ts';

/** Variance of luma that counts as noise, so that flat images are alike rather than random. */
const noise = 4;
/** Mean luma and mean chroma may differ by so much, and by these shares of the contrast more: flat images are their colour. */
const [lumaSlack, chromaSlack, lumaShare, chromaShare] = [4, 4, 1, 0.25];

/**
 * How far two thumbnails are apart: 1 less the correlation of their lumas, so that brightness and contrast may change;
 * Infinity where brightness or colours differ by more than re-encoding explains. Symmetric.
 * @param thumbnail  N × 288
 */
export function distanceBy(thumbnail: Uint8Array): (a: number, b: number) => number {
  const count = thumbnail.length / thumbnailLength;
  const mean = new Float64Array(count);
  const variance = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let [sum, squares] = [0, 0];
    for (let at = i * thumbnailLength; at < i * thumbnailLength + lumaLength; at++) {
      const own = thumbnail[at] as number;
      sum += own;
      squares += own * own;
    }
    mean[i] = sum / lumaLength;
    variance[i] = squares / lumaLength - (sum / lumaLength) ** 2;
  }
  return (a, b) => {
    const [meanA = 0, meanB = 0, varianceA = 0, varianceB = 0] = [mean[a], mean[b], variance[a], variance[b]];
    const contrast = Math.sqrt(Math.min(varianceA, varianceB));
    if (Math.abs(meanA - meanB) > lumaSlack + lumaShare * contrast) return Infinity;
    if (chromaApart(thumbnail, a, b) > chromaSlack + chromaShare * contrast) return Infinity;
    const [startA, startB] = [a * thumbnailLength, b * thumbnailLength];
    let products = 0;
    for (let at = 0; at < lumaLength; at++)
      products += (thumbnail[startA + at] as number) * (thumbnail[startB + at] as number);
    const covariance = products / lumaLength - meanA * meanB;
    return 1 - (covariance + noise) / Math.sqrt((varianceA + noise) * (varianceB + noise));
  };
}

/** Mean absolute difference of both chromas. */
function chromaApart(thumbnail: Uint8Array, a: number, b: number): number {
  let sum = 0;
  for (let at = lumaLength; at < thumbnailLength; at++)
    sum += Math.abs((thumbnail[a * thumbnailLength + at] as number) - (thumbnail[b * thumbnailLength + at] as number));
  return sum / (thumbnailLength - lumaLength);
}
