/** From sensitivities to what a copy's networks will miss: the prices of an allocation. */
import { lawError, type StorageLaw } from '../../protocol/law.ts';
import type { Prices } from '../../protocol/prices.ts';
import type { SweepCell } from '../../protocol/sweep.ts';
import { isotonicDecreasing } from '../isotonic.ts';

/** Exponents outside are taken for noise of the trainings behind them. */
const exponentRange = [0.05, 1] as const;
const clamped = (exponent: number) => Math.min(exponentRange[1], Math.max(exponentRange[0], exponent));

/**
 * Of κ, what counts between images of one quality: networks trained with the least or with the most sensitive half of
 * CIFAR-10 at a low quality differ by 0.28 of what κ foretells (docs/decisions/0005-costs.md).
 */
const imageShare = 0.3;

/** Without a sweep: a nat of an image's loss is a nat. */
export const natPrices = (loss: Float32Array, dataExponent: number): Prices => ({
  unit: 'nats',
  kappa: 1,
  imageKappa: 1,
  uniform: [],
  images: { height: sum([...loss], (own) => own) / loss.length, exponent: clamped(dataExponent) },
  trainings: 0,
});

/** Sizes of the sweep that tell what a quality costs: what it costs grows with the number of images. */
const leastShare = 0.5;

export interface Swept {
  readonly cells: readonly SweepCell[];
  readonly law: StorageLaw;
  /** All training images of the sweep. */
  readonly trainImages: number;
}

/**
 * Prices in test error. What a quality costs is the error of its cells less that of originals of the same size, over
 * sizes of at least half of all images. κ is its regression on the mean sensitivity through the origin, weighted by the
 * cells' errors. Images cost by the law's slope.
 * @param meanSensitivity  of a quality, nats; undefined where it was not measured
 * @returns undefined where fewer than two swept qualities have a sensitivity
 */
export function sweepPrices(
  { cells, law, trainImages }: Swept,
  meanSensitivity: (quality: number) => number | undefined,
): Prices | undefined {
  const large = cells.filter(({ images }) => images >= leastShare * trainImages);
  const originals = new Map(large.filter(({ quality }) => quality === 'original').map((cell) => [cell.images, cell]));
  const differences = large.flatMap(({ images, quality, error, standardError }) => {
    const original = originals.get(images);
    const sensitivity = quality === 'original' ? undefined : meanSensitivity(quality);
    if (original === undefined || sensitivity === undefined) return [];
    const weight = 1 / (standardError ** 2 + original.standardError ** 2);
    return [{ sensitivity: Math.max(0, sensitivity), cost: error - original.error, weight }];
  });
  const corners = [...Map.groupBy(differences, ({ sensitivity }) => sensitivity)]
    .sort(([a], [b]) => b - a)
    .map(([sensitivity, same]) => ({ sensitivity, cost: weightedMean(same, ({ cost }) => cost) }));
  if (corners.length < 2) return undefined;
  const risen = isotonicDecreasing(Float64Array.from(corners, ({ cost }) => Math.max(0, cost)));
  const uniform = corners.map(({ sensitivity }, at) => ({ sensitivity, cost: risen[at] as number })).reverse();

  const square = sum(differences, ({ weight, sensitivity }) => weight * sensitivity ** 2);
  const kappa = Math.max(0, sum(differences, ({ weight, ...own }) => weight * own.sensitivity * own.cost) / square);
  const residual = sum(differences, ({ weight, ...own }) => weight * (own.cost - kappa * own.sensitivity) ** 2);
  const kappaError = Math.sqrt(residual / Math.max(1, differences.length - 1) / square);

  const bytes = Math.max(...cells.filter(({ quality }) => quality !== 'original').map((cell) => cell.bytes));
  const height = lawError(law, trainImages, bytes) - lawError(law, Infinity, bytes);
  const images = { height, exponent: clamped(law.alpha) };
  return {
    unit: 'error',
    kappa,
    kappaError,
    imageKappa: imageShare * kappa,
    uniform,
    images,
    trainings: sum(cells, ({ seeds }) => seeds),
  };
}

const sum = <T>(items: readonly T[], of: (item: T) => number) => items.reduce((all, item) => all + of(item), 0);

const weightedMean = <T extends { readonly weight: number }>(items: readonly T[], of: (item: T) => number) =>
  sum(items, (item) => item.weight * of(item)) / sum(items, ({ weight }) => weight);
