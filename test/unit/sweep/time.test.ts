import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { affords, lawOptimum, type LawLimits } from '../../../src/core/sweep/optimum.ts';
import { monotoneSurface, surfaceOptimum } from '../../../src/core/sweep/surface.ts';
import { fitTime, secondsOf, withTimePriced } from '../../../src/core/sweep/time.ts';
import { lawError, type StorageLaw } from '../../../src/protocol/law.ts';

const trainings = (pairs: readonly (readonly [number, number])[]) =>
  pairs.map(([images, seconds]) => ({ cell: { images }, seconds }));

describe('the time of a training', () => {
  it('is the line through trainings of any two sizes', () => {
    const { fixedSeconds, secondsPerImage } = fitTime(
      trainings([
        [100, 3],
        [100, 5],
        [400, 10],
      ]),
    );
    expect(fixedSeconds).toBeCloseTo(2, 9);
    expect(secondsPerImage).toBeCloseTo(0.02, 12);
  });

  it('misses least of all lines that are never below 0', () => {
    const pair = fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 0, max: 100 }));
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 8 }), pair, (list, [fixed, slope]) => {
        const done = trainings(list);
        const missOf = (time: Parameters<typeof secondsOf>[0]) =>
          done.reduce((sum, { cell, seconds }) => sum + (secondsOf(time, cell.images) - seconds) ** 2, 0);
        const found = fitTime(done);
        expect(Math.min(found.fixedSeconds, found.secondsPerImage)).toBeGreaterThanOrEqual(0);
        const other = { fixedSeconds: fixed, secondsPerImage: slope / 30 };
        expect(missOf(found)).toBeLessThanOrEqual(missOf(other) + 1e-6);
      }),
    );
  });

  it('is nothing where nothing was trained, and in proportion where one size was', () => {
    expect(fitTime([])).toEqual({ fixedSeconds: 0, secondsPerImage: 0 });
    expect(fitTime(trainings([[50, 5]]))).toEqual({ fixedSeconds: 0, secondsPerImage: 0.1 });
  });
});

describe('the best mix with time priced', () => {
  const law: StorageLaw = {
    ...{ form: 'additive', floor: 0.1, a: 0.2, alpha: 0.4, b: 0.1, beta: 1.2 },
    ...{ headerBytes: 200, images0: 1000, bytes0: 150 },
  };
  const limits: LawLimits = { mostImages: 20_000, bytes: [250, 2000] };
  const time = { fixedSeconds: 2, secondsPerImage: 0.004 };
  const budgets = fc.double({ min: 2e5, max: 2e7, noNaN: true });
  const worths = fc.double({ min: 0, max: 5e4, noNaN: true });

  it('stays within the budget, and no other mix on its line is better', () => {
    fc.assert(
      fc.property(budgets, worths, (budget, secondWorth) => {
        const priced = withTimePriced(limits, time, secondWorth);
        if (!affords(budget, priced)) return;
        const best = lawOptimum(law, budget, priced);
        const weigh = (images: number, bytes: number) => images * bytes + secondWorth * secondsOf(time, images);
        expect(weigh(best.images, best.bytes)).toBeLessThanOrEqual(budget * (1 + 1e-9));
        for (let bytes = 250; bytes <= 2000; bytes *= 1.1) {
          const images = Math.min(20_000, (budget - 2 * secondWorth) / (bytes + 0.004 * secondWorth));
          expect(lawError(law, images, bytes)).toBeGreaterThanOrEqual(best.error - 1e-9);
        }
      }),
    );
  });

  it('has fewer and finer images the more a second is worth, by the law and between cells', () => {
    const cells = [500, 1000, 2000, 4000, 8000, 16_000].flatMap((images) =>
      [250, 300, 400, 600, 1000, 2000].map((bytes) => ({ images, bytes, error: lawError(law, images, bytes) })),
    );
    const surface = monotoneSurface(cells);
    if (!surface) throw new Error('Expected a surface of a whole grid');
    const priced = [0, 1e4, 1e5, 5e5].map((worth) => withTimePriced(limits, time, worth));
    for (const mixes of [
      priced.map((own) => lawOptimum(law, 2e6, own)),
      priced.map((own) => surfaceOptimum(surface, 2e6, own)),
    ]) {
      const images = mixes.map((mix) => mix.images);
      const bytes = mixes.map((mix) => mix.bytes);
      expect(images).toEqual(images.toSorted((a, b) => b - a));
      expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
      expect(bytes.at(-1)).toBeGreaterThan(1.1 * (bytes[0] as number));
    }
  });

  it('is the old one at no worth, and none where time takes all', () => {
    expect(lawOptimum(law, 1e6, withTimePriced(limits, time, 0))).toEqual(lawOptimum(law, 1e6, limits));
    expect(affords(1e6, withTimePriced(limits, time, 5e5))).toBe(false);
    expect(affords(1e6, withTimePriced(limits, time, 4e5))).toBe(true);
  });
});
