import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildFrontier, type OptionTable } from '../../../src/core/allocate/index.ts';
import { allocate, prefixWithin } from '../../../src/protocol/frontier.ts';

const qualities = Uint8Array.of(10, 50, 90);
const options = qualities.length + 2;

/** Any small instance: whole bytes, costs in any order, some options not offered, `original` always. */
const instances = fc
  .array(
    fc.record({
      bytes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: options - 1, maxLength: options - 1 }),
      cost: fc.array(fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant(Infinity)), {
        minLength: options - 1,
        maxLength: options - 1,
      }),
      originalCost: fc.integer({ min: 0, max: 50 }),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((samples): OptionTable => ({
    qualities,
    bytes: Float64Array.from(samples.flatMap(({ bytes }) => [0, ...bytes])),
    cost: Float64Array.from(samples.flatMap(({ cost, originalCost }) => [...cost, originalCost])),
    fixedBytes: 5,
  }));

const chosen = ({ bytes, cost, fixedBytes }: OptionTable, option: Uint8Array) => {
  const at = Array.from(option, (own, i) => i * options + own);
  return {
    bytes: at.reduce((sum, k) => sum + (bytes[k] ?? NaN), fixedBytes),
    cost: at.reduce((sum, k) => sum + (cost[k] ?? NaN), 0),
  };
};

/** Least cost at every budget up to `most`, by exact dynamic programming over bytes. */
function optimum({ bytes, cost, fixedBytes }: OptionTable, most: number): Float64Array {
  let least = new Float64Array(most + 1).fill(Infinity);
  least.fill(0, fixedBytes);
  for (let i = 0; i < bytes.length / options; i++) {
    const next = new Float64Array(most + 1).fill(Infinity);
    for (let option = 0; option < options; option++) {
      const [weight = 0, price = Infinity] = [bytes[i * options + option], cost[i * options + option]];
      if (price === Infinity) continue;
      for (let budget = weight; budget <= most; budget++)
        next[budget] = Math.min(next[budget] ?? Infinity, (least[budget - weight] ?? Infinity) + price);
    }
    least = next;
  }
  return least;
}

const most = (table: OptionTable) => 5 + 40 * (table.bytes.length / options);

describe('allocation against exact dynamic programming', () => {
  it('stays within the budget, adds up, and brackets the optimum', () => {
    fc.assert(
      fc.property(instances, fc.double({ min: 0, max: 1, noNaN: true }), (table, share) => {
        const frontier = buildFrontier(table);
        const top = most(table);
        const budget = Math.floor(frontier.startBytes + share * (top - frontier.startBytes));
        const { option, bytes, cost, lowerBound } = allocate(frontier, budget);
        const real = chosen(table, option);
        expect(bytes).toBe(real.bytes);
        expect(cost).toBeCloseTo(real.cost, 9);
        expect(bytes).toBeLessThanOrEqual(budget);
        const best = optimum(table, top)[budget] ?? NaN;
        expect(lowerBound).toBeLessThanOrEqual(best + 1e-9);
        expect(cost).toBeGreaterThanOrEqual(best - 1e-9);
      }),
      { numRuns: 500 },
    );
  });

  it('is optimal at its own bytes for every prefix', () => {
    fc.assert(
      fc.property(instances, (table) => {
        const frontier = buildFrontier(table);
        const best = optimum(table, most(table));
        frontier.bytesAfter.forEach((bytes, k) => {
          expect(frontier.costAfter[k]).toBeCloseTo(best[bytes] ?? NaN, 9);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('never costs more with a larger budget', () => {
    fc.assert(
      fc.property(instances, (table) => {
        const frontier = buildFrontier(table);
        let before = Infinity;
        for (let budget = frontier.startBytes; budget <= most(table); budget++) {
          const { cost } = allocate(frontier, budget);
          expect(cost).toBeLessThanOrEqual(before + 1e-9);
          before = cost;
        }
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a budget below the smallest copy, naming it', () => {
    const frontier = buildFrontier({
      qualities,
      bytes: Float64Array.of(0, 3, 4, 5, 9),
      cost: Float64Array.of(Infinity, Infinity, Infinity, Infinity, 0),
      fixedBytes: 7,
    });
    expect(frontier.startBytes).toBe(16);
    expect(() => allocate(frontier, 15)).toThrow('at least 16 bytes');
    expect(allocate(frontier, 16)).toMatchObject({ bytes: 16, cost: 0, pricePerByte: 0 });
  });

  it('finds prefixes as a linear search does', () => {
    fc.assert(
      fc.property(instances, fc.integer({ min: 0, max: 400 }), (table, budget) => {
        const frontier = buildFrontier(table);
        const linear = frontier.bytesAfter.filter((bytes) => bytes <= budget).length - 1;
        expect(prefixWithin(frontier, budget)).toBe(Math.max(0, linear));
      }),
    );
  });
});
