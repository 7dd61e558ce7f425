import type { NetworkDescription } from '../../engine/index.ts';

/**
 * The probe: three 3×3 convolutions with pooling, one hidden layer (Lee et al. 2025, section 3).
 * Large inputs are pooled once more and have thinner layers, so that a step costs about the same.
 */
export function probeNetwork(
  side: number,
  classes: number,
  normalisation: { mean: readonly number[]; deviation: readonly number[] },
): NetworkDescription {
  const large = side > 40;
  const [first, second, third] = large ? [16, 32, 64] : [32, 64, 64];
  const convolution = (filters: number) => [{ kind: 'conv', filters, size: 3 }, { kind: 'relu' }] as const;
  const pool = { kind: 'maxPool' } as const;
  return {
    height: side,
    width: side,
    channels: 3,
    ...normalisation,
    classes,
    layers: [
      ...convolution(first),
      pool,
      ...convolution(second),
      pool,
      ...convolution(third),
      ...(large ? [pool] : []),
      { kind: 'flatten' },
      { kind: 'dense', units: 64 },
      { kind: 'relu' },
      { kind: 'dense', units: classes },
    ],
  };
}

/** Scratch files of views beyond it make way for smaller views. */
const mostScratchBytes = 4e9;

/**
 * Input size for images of these side lengths (pixels, the shorter of each): close to the images' own, from 32 to 128, as
 * far as `views` of each image fit into a scratch file of 4 GB.
 */
export function probeSide(shorterSides: readonly number[], views: number): number {
  const sorted = [...shorterSides].sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? 32;
  if (median < 48) return 32;
  const fits = (side: number) => side * side * 3 * views * sorted.length <= mostScratchBytes;
  return (median < 96 ? [64] : median < 128 ? [96, 64] : [128, 96, 64]).find(fits) ?? 64;
}
