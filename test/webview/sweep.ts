/** A sweep of the fake dataset that follows a planted law, for the fake host. */
import { lawError, type LawFit, type LawOptimum, type StorageLaw } from '../../src/protocol/law.ts';
import type { SweepReport } from '../../src/protocol/sweep.ts';

const law: StorageLaw = {
  ...{ form: 'additive', floor: 0.12, a: 0.26, alpha: 0.35, b: 0.07, beta: 0.9 },
  ...{ headerBytes: 280, images0: 1000, bytes0: 2400 },
};
const sizes = [250, 500, 1000, 2000, 4000];
const qualities = [10, 20, 30, 60, 90] as const;
const bytes = [1000, 1450, 2060, 4700, 8300];
const originalBytes = 12_700;
const standardError = 0.006;

const evenly = (low: number, high: number, count: number) =>
  Array.from({ length: count }, (_, k) => low * (high / low) ** (k / (count - 1)));

/** Found by looking, within what was measured. */
function optimum(budgetBytes: number): LawOptimum {
  const mixes = evenly(1000, 8300, 300)
    .map((own) => ({ bytes: own, images: Math.min(4000, budgetBytes / own) }))
    .filter(({ images }) => images >= 249.9)
    .map((mix) => ({ budgetBytes, ...mix, error: lawError(law, mix.images, mix.bytes) }));
  const best = mixes.reduce((least, mix) => (mix.error < least.error ? mix : least));
  return { ...best, interval: [best.error - 0.012, best.error + 0.016] };
}

export function fakeSweep(by: 'law' | 'surface'): SweepReport {
  const list = [1e6, 3e6, 10e6, 25e6].map(optimum);
  const images = evenly(250, 4000, 48);
  const files = evenly(1000, 8300, 32);
  return {
    root: '/home/ada/datasets/cifar-10-large',
    task: 'classification',
    ...{ trainImages: 4000, testImages: 500, tested: 'the test split', epochs: 12, engine: 'CPU', minutes: 21.3 },
    cells: sizes.flatMap((n, i) => [
      ...qualities.map((quality, j) => ({
        ...{ images: n, quality, bytes: bytes[j] as number, seeds: 3, seconds: 4 * 2 ** i, standardError },
        error: lawError(law, n, bytes[j] as number) + 0.004 * Math.sin(7 * i + 3 * j),
      })),
      {
        ...{ images: n, quality: 'original' as const, bytes: originalBytes, seeds: 2, seconds: 4 * 2 ** i },
        ...{ error: lawError(law, n, 9500), standardError },
      },
    ]),
    left: { hopeless: 2, late: 0 },
    time: { fixedSeconds: 0.5, secondsPerImage: 0.002, secondWorth: 0 },
    tooSmall: [],
    law: fitted(by === 'law', list),
    optima: {
      by,
      list: list.map((own, k) => ({
        ...own,
        seconds: 4 * (k + 1),
        real: { images: Math.floor(own.images), quality: 12 + 4 * k, bytes: Math.floor(own.budgetBytes) - 310 },
      })),
      curve: evenly(250 * 1000, 4000 * 8300, 40).map(optimum),
      grid: {
        images,
        bytes: files,
        error: Float32Array.from(images.flatMap((n) => files.map((own) => lawError(law, n, own)))),
      },
    },
  };
}

const fitted = (trusted: boolean, optima: readonly LawOptimum[]): LawFit => ({
  law,
  points: 25,
  intervals: {
    ...{ floor: [0.08, 0.15], a: [0.24, 0.28], alpha: [0.31, 0.39] },
    ...{ b: [0.05, 0.09], beta: [0.8, 1.05], headerBytes: [220, 320] },
  },
  ...{ exponent: 0.252, rSquared: 0.991, aicc: { additive: -12, 'no floor': -3 } },
  heldOut: { images: 4000, miss: trusted ? 0.004 : 0.021, standardError: 0.008 },
  trusted,
  optima,
});
