import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { natPrices, optionCosts, sweepPrices } from '../../../src/core/allocate/index.ts';
import { encodingsOf } from '../../../src/protocol/encoding.ts';
import { seededRandom } from '../../../src/core/random.ts';
import type { StorageLaw } from '../../../src/protocol/law.ts';
import { uniformCost, type Prices } from '../../../src/protocol/prices.ts';
import type { SweepCell } from '../../../src/protocol/sweep.ts';

const law: StorageLaw = {
  ...{ form: 'additive', floor: 0.1, a: 0.3, alpha: 0.2, b: 0.02, beta: 0.8, headerBytes: 100 },
  ...{ images0: 1000, bytes0: 400 },
};
const sensitivityOf: Readonly<Record<number, number>> = { 5: 0.4, 20: 0.1, 60: 0.02 };

/** Cells whose qualities cost what `costOf` says, whatever their size; half as much for small sizes. */
function cells(costOf: (quality: number) => number): SweepCell[] {
  return [500, 1000, 2000].flatMap((images) =>
    ([5, 20, 60, 'original'] as const).map((quality) => ({
      ...{ images, quality, bytes: quality === 'original' ? 2000 : 200 + quality, seeds: 2, seconds: 1 },
      ...{
        standardError: 0.01,
        error: 0.5 + (quality === 'original' ? 0 : costOf(quality) * (images < 1000 ? 0.5 : 1)),
      },
    })),
  );
}
const pricesOf = (costOf: (quality: number) => number) =>
  sweepPrices({ cells: cells(costOf), law, trainImages: 2000 }, (quality) => sensitivityOf[quality]) as Prices;

describe('prices by a sweep', () => {
  it('find the planted error of a nat, in cells of at least half of all images', () => {
    const prices = pricesOf((quality) => 0.3 * (sensitivityOf[quality] ?? NaN));
    expect(prices).toMatchObject({ unit: 'error', trainings: 24 });
    expect(prices.kappa).toBeCloseTo(0.3, 9);
    expect(prices.imageKappa).toBeLessThan(prices.kappa);
    expect(prices.kappaError).toBeCloseTo(0, 9);
    for (const sensitivity of [0, 0.01, 0.02, 0.05, 0.3, 0.4, 0.9])
      expect(uniformCost(prices, sensitivity)).toBeCloseTo(0.3 * sensitivity, 9);
    // (n/1000)^-0.2 of 0.3 goes with more images.
    expect(prices.images).toEqual({ height: expect.closeTo(0.3 * 2 ** -0.2, 9) as number, exponent: 0.2 });
  });

  it('charge images together for what one quality costs, and each for what it is more sensitive', () => {
    const costs: Readonly<Record<number, number>> = { 5: 0.1, 20: 0.06, 60: 0.03 };
    const prices = pricesOf((quality) => costs[quality] ?? NaN);
    const difference = Float32Array.of(0.44, 0.11, 0.022, 0.36, 0.09, 0.018);
    const cost = optionCosts({
      ...{
        encodings: encodingsOf(['4:2:0'], [5, 20, 60]),
        encoded: new Uint32Array(6).fill(9),
        sample: Uint32Array.of(0, 1),
        difference,
      },
      ...{ loss: Float32Array.of(1, 1), labels: Int32Array.of(0, 1), prices },
    });
    const at = (sample: number, q: number) => cost[sample * 5 + 1 + q] as number;
    // Their means are the sweep's: together they cost what one quality for all does.
    [5, 20, 60].forEach((quality, q) => {
      expect(at(0, q) + at(1, q)).toBeCloseTo(costs[quality] ?? NaN, 6);
      const apart = (difference[q] as number) - (difference[3 + q] as number);
      expect(at(0, q) - at(1, q)).toBeCloseTo((prices.imageKappa * apart) / 2, 6);
    });
  });

  it('never fall where compression does more harm, nor below nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.1, max: 0.2, noNaN: true }), { minLength: 3, maxLength: 3 }),
        (drawn) => {
          const prices = pricesOf((quality) => drawn[[5, 20, 60].indexOf(quality)] as number);
          const costs = [-0.1, 0, 0.01, 0.02, 0.06, 0.1, 0.3, 0.4, 1].map((own) => uniformCost(prices, own));
          expect(Math.min(...costs)).toBeGreaterThanOrEqual(0);
          costs.forEach((own, k) => {
            expect(own).toBeGreaterThanOrEqual((costs[k - 1] ?? 0) - 1e-12);
          });
          expect(prices.kappa).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it('are none where fewer than two swept qualities have a sensitivity', () => {
    expect(sweepPrices({ cells: cells(() => 0.1), law, trainImages: 2000 }, (q) => (q === 5 ? 0.1 : undefined))).toBe(
      undefined,
    );
  });
});

describe('the price of dropping', () => {
  const size = 1000;
  const drawn = seededRandom(3);
  const importance = Float32Array.from({ length: size }, () => drawn.below(1000) / 1000);
  const input = {
    ...{
      encodings: encodingsOf(['4:2:0'], [50]),
      encoded: new Uint32Array(size).fill(5),
      difference: new Float32Array(size),
    },
    sample: Uint32Array.from({ length: size }, (_, i) => i),
    labels: Int32Array.from({ length: size }, (_, i) => i % 4),
    loss: new Float32Array(size).fill(2),
    prices: natPrices(new Float32Array(size).fill(2), 0.3),
  };
  const dropCosts = (importances?: Float32Array) => {
    const cost = optionCosts({ ...input, importance: importances });
    return Float64Array.from({ length: size }, (_, i) => cost[i * 3] as number);
  };

  it('is higher for what teaches more, but spares every class and every stratum', () => {
    const cost = dropCosts(importance);
    const cheapestFirst = [...cost.keys()].sort((a, b) => (cost[a] as number) - (cost[b] as number));
    const gone = new Set(cheapestFirst.slice(0, size / 2));
    const lost = (low: number, high: number) => {
      const part = [...importance.keys()].filter((i) => (importance[i] ?? 0) >= low && (importance[i] ?? 0) < high);
      return part.filter((i) => gone.has(i)).length / part.length;
    };
    expect(lost(0, 0.2)).toBeGreaterThan(lost(0.8, 1.1) + 0.2);
    expect(lost(0, 0.2)).toBeLessThan(0.98);
    expect(lost(0.8, 1.1)).toBeGreaterThan(0.02);
    for (let label = 0; label < 4; label++)
      expect([...gone].filter((i) => i % 4 === label).length).toBeLessThan(0.6 * (size / 4));
  });

  it('does not hang on a few outliers', () => {
    const wild = importance.map((own, i) => (i < 10 ? 1e6 : own));
    const [usual, cost] = [dropCosts(importance), dropCosts(wild)];
    const middle = (values: Float64Array) => values.toSorted()[size / 2] as number;
    expect(middle(cost)).toBeGreaterThan(0.8 * middle(usual));
  });
});
