/** One to learn from and one to be judged by: a class with fewer is none to training. */
const lastImages = 2;
/** A share in decimals times a whole number may lie this far below the whole number that is meant. */
const rounding = 1e-9;

/**
 * Images of every class that stay in any copy.
 * @param labels  class of every image that may be dropped, or that would be were it not protected
 */
export function leastKept(labels: Int32Array, mostDropped: number): Map<number, number> {
  const size = new Map<number, number>();
  for (const label of labels) size.set(label, (size.get(label) ?? 0) + 1);
  return new Map(
    [...size].map(([label, images]) => [
      label,
      Math.max(images - Math.floor(mostDropped * images + rounding), Math.min(images, lastImages)),
    ]),
  );
}
