import type { PairedDifference, Verdict } from '../../protocol/evaluation.ts';
import { seededRandom, type Random } from '../random.ts';

/** How far every test image is right, n, for each seed. */
export type Marks = readonly Float32Array[];

const draws = 2000;

/**
 * Mean difference of what two policies' networks get right, paired by seed and test image, with the middle 95 % of a
 * bootstrap that draws seeds and images anew (Efron & Tibshirani 1993): another training and another test set.
 */
export function pairedDifference(ours: Marks, theirs: Marks): PairedDifference {
  const differences = ours.map((own, seed) => own.map((mark, image) => mark - (theirs[seed]?.[image] as number)));
  const random = seededRandom(1);
  const means = Float64Array.from({ length: draws }, () => drawnMean(differences, random)).sort();
  const interval = [means[Math.floor(0.025 * draws)], means[Math.ceil(0.975 * draws) - 1]] as [number, number];
  const mean = meanOf(differences.map((own) => meanOf(own)));
  return { mean, interval, verdict: verdictOf(interval) };
}

export const verdictOf = ([low, high]: readonly [number, number]): Verdict =>
  low > 0 ? 'better' : high < 0 ? 'worse' : 'no difference seen';

function drawnMean(differences: readonly Float32Array[], random: Random): number {
  const [images, seeds] = [differences[0]?.length ?? 0, differences.length];
  // The seeds' sum first: images are drawn alike for all of them.
  const weight = new Float64Array(seeds);
  for (let k = 0; k < seeds; k++) {
    const seed = random.below(seeds);
    weight[seed] = (weight[seed] as number) + 1 / seeds;
  }
  let sum = 0;
  for (let k = 0; k < images; k++) {
    const image = random.below(images);
    for (let seed = 0; seed < seeds; seed++)
      if (weight[seed] !== 0) sum += (weight[seed] as number) * (differences[seed]?.[image] as number);
  }
  return sum / images;
}

export const meanOf = (values: Float32Array | readonly number[]): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
};
