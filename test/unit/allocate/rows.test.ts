import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  natPrices,
  planRegret,
  rowsFrontier,
  settledRows,
  uniformRegret,
  type PricedRows,
} from '../../../src/core/allocate/index.ts';
import { encodingsOf } from '../../../src/protocol/encoding.ts';
import { allocate, prefixWithin } from '../../../src/protocol/frontier.ts';
import { seededRandom } from '../../../src/core/random.ts';

const encodings = encodingsOf(['4:2:0'], [10, 50, 90]);
const budgets = [0.1, 0.3, 0.6];

/** Rows whose files grow with the quality, and whose differences fall with it. */
function planted(seed: number, count = 60) {
  const random = seededRandom(seed);
  const draw = (below: number) => 1 + random.below(below);
  const rows: PricedRows = {
    encodings,
    encoded: Uint32Array.from({ length: count }, () => draw(50)).reduce<Uint32Array>(
      (all, base, row) => (all.set([base, base + draw(50), base + 50 + draw(80)], 3 * row), all),
      new Uint32Array(3 * count),
    ),
    original: Uint32Array.from({ length: count }, () => 200 + draw(50)),
    loss: new Float32Array(count).fill(1),
    labels: Int32Array.from({ length: count }, (_, row) => row % 3),
    prices: natPrices(new Float32Array(count).fill(1), 0.3),
  };
  const difference = new Float32Array(3 * count);
  for (let row = 0; row < count; row++) {
    const strength = (random.below(1000) / 1000) * (row % 4);
    difference.set([strength, strength / 3, strength / 10], 3 * row);
  }
  return { rows, difference, random };
}

describe('regret', () => {
  it('is none for the truth itself, and never less for anything else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const { rows, difference, random } = planted(seed);
        expect(planRegret(rows, difference, difference, budgets)).toEqual([0, 0, 0]);
        const wrong = difference.map(() => random.below(1000) / 300);
        // The greedy plan of the truth may miss the optimum by one increment.
        for (const regret of planRegret(rows, difference, wrong, budgets)) expect(regret).toBeGreaterThan(-0.05);
        const shared = uniformRegret(rows, difference, budgets).filter((regret) => !Number.isNaN(regret));
        for (const regret of shared) expect(regret).toBeGreaterThan(-0.05);
      }),
      { numRuns: 30 },
    );
  });

  it('is unknown where no copy is that small', () => {
    const { rows, difference } = planted(1);
    expect(uniformRegret(rows, difference, [1e-6])).toEqual([NaN]);
  });
});

describe('settled rows', () => {
  const total = ({ original }: PricedRows) => original.reduce((sum, bytes) => sum + bytes, 0);

  const settings = [
    fc.integer({ min: 1, max: 1e6 }),
    fc.integer({ min: 15, max: 60 }),
    fc.constantFrom(0, 0.5, 20, 200),
  ] as const;
  it('get the same option at every budget of the range, when nothing is uncertain', () => {
    fc.assert(
      fc.property(...settings, (seed, percent, timeBytesPerImage) => {
        const { rows, difference } = planted(seed);
        const beside = { fixedBytes: 0, timeBytesPerImage };
        const frontier = rowsFrontier(rows, difference, beside);
        // Budgets that a prefix fills to the byte: what is filled up with leftovers has no price.
        const range = [percent, percent + 10].map(
          (share) => frontier.weightAfter[prefixWithin(frontier, (share / 100) * total(rows))],
        ) as [number, number];
        const error = new Float32Array(difference.length);
        const settled = settledRows(rows, difference, error, { budgets: range, ...beside });
        const [low, high] = range.map((budget) => allocate(frontier, budget).option);
        settled.forEach((own, row) => {
          if (own === 1) expect(high?.[row]).toBe(low?.[row]);
        });
        expect(settled.some((own) => own === 1)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('are fewer the less is known', () => {
    const { rows, difference } = planted(3);
    const count = (noise: number) => {
      const error = new Float32Array(difference.length).fill(noise);
      const range = [0.3 * total(rows), 0.4 * total(rows)] as const;
      return settledRows(rows, difference, error, { budgets: range, fixedBytes: 0, timeBytesPerImage: 0 }).reduce(
        (sum, own) => sum + own,
        0,
      );
    };
    expect(count(0.05)).toBeLessThan(count(0));
    expect(count(100)).toBeLessThan(0.5 * count(0));
  });
});
