/** From a mix on paper to one that can be made: whole images, a JPEG quality, and the bytes that they really take. */
import type { RealMix } from '../../protocol/sweep.ts';

/** Images in the order in which they are taken. */
export interface ImageOrder {
  readonly images: number;
  /** Qualities that were measured, ascending. */
  readonly qualities: readonly number[];
  /** Bytes of the images `from` ≤ place < `to` at a quality 1..100. */
  sizes(quality: number, from: number, to: number): Promise<Uint32Array>;
}

/** Bytes that so many images may take; falls, if anything, with their number. */
export type Allowance = (images: number) => number;

/** Images whose sizes are asked for together. */
const ahead = 256;

/**
 * The first images of the order, as many as wanted, at the largest quality that their bytes allow, and then as many more
 * as fit. Where not even the lowest measured quality fits, fewer images: below it nothing is known of the error.
 * @param wanted  number of images, not whole
 * @returns undefined where not one image fits
 */
export async function realMix(wanted: number, allowed: Allowance, order: ImageOrder): Promise<RealMix | undefined> {
  const [lowest = 1] = order.qualities;
  const most = Math.min(order.images, Math.max(1, Math.round(wanted)));
  const coarsest = await longest(lowest, { images: 0, bytes: 0 }, allowed, { ...order, images: most });
  if (coarsest.images === 0) return undefined;
  const start = await largestQuality(coarsest.images, allowed, order);
  return longest(start.quality, start, allowed, order);
}

/** Goes on from some images of a quality with the next ones, as long as they fit. */
async function longest(
  quality: number,
  start: { readonly images: number; readonly bytes: number },
  allowed: Allowance,
  order: ImageOrder,
): Promise<RealMix> {
  let { images, bytes } = start;
  while (images < order.images) {
    for (const size of await order.sizes(quality, images, Math.min(order.images, images + ahead))) {
      if (bytes + size > allowed(images + 1)) return { quality, images, bytes };
      images += 1;
      bytes += size;
    }
  }
  return { quality, images, bytes };
}

/**
 * Bisects between the measured qualities, from where they let expect it (bytes are linear in logarithms between them).
 * Bytes are taken to grow with the quality.
 */
async function largestQuality(images: number, allowed: Allowance, order: ImageOrder): Promise<RealMix> {
  const budget = allowed(images);
  const mixAt = async (quality: number): Promise<RealMix> => {
    const sizes = await order.sizes(quality, 0, images);
    return { quality, images, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  };
  const measured = await Promise.all(order.qualities.map(mixAt));
  const at = measured.findLastIndex(({ bytes }) => bytes <= budget);
  let best = measured[at] as RealMix;
  const above = measured[at + 1];
  let high = above?.quality ?? 101;
  const share = above ? Math.log(budget / best.bytes) / Math.log(above.bytes / best.bytes) : 0.5;
  let next = Math.round(best.quality + share * (high - best.quality));
  for (let step = 1; high - best.quality > 1; step *= 2) {
    const tried = await mixAt(Math.min(high - 1, Math.max(best.quality + 1, next)));
    const middle = (low: number) => (low + high) >> 1;
    if (tried.bytes <= budget) {
      best = tried;
      next = Math.min(best.quality + step, middle(best.quality));
    } else {
      high = tried.quality;
      next = Math.max(high - step, middle(best.quality));
    }
  }
  return best;
}
