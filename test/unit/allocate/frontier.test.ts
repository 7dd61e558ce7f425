import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildFrontier, type OptionTable } from '../../../src/core/allocate/index.ts';
import { encodingsOf } from '../../../src/protocol/encoding.ts';
import { allocate, prefixWithin } from '../../../src/protocol/frontier.ts';

const encodings = encodingsOf(['4:2:0', '4:4:4', 'webp'], [50]);
const options = encodings.length + 2;

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
    encodings,
    bytes: Float64Array.from(samples.flatMap(({ bytes }) => [0, ...bytes])),
    cost: Float64Array.from(samples.flatMap(({ cost, originalCost }) => [...cost, originalCost])),
    fixedBytes: 5,
    timeBytesPerImage: 0,
  }));
/** The same with time priced, in quarters of a byte so that sums are exact. */
const timed = fc
  .tuple(instances, fc.integer({ min: 0, max: 120 }))
  .map(([table, quarters]) => ({ ...table, timeBytesPerImage: quarters / 4 }));

/** What an option weighs beside its bytes. */
const timeBytes = ({ cost, timeBytesPerImage }: OptionTable, i: number, option: number) =>
  option === 0 || cost[i * options] === Infinity ? 0 : timeBytesPerImage;

const chosen = (table: OptionTable, option: Uint8Array) => {
  const { bytes, cost, fixedBytes } = table;
  const at = Array.from(option, (own, i) => i * options + own);
  return {
    time: option.reduce((sum, own, i) => sum + timeBytes(table, i, own), 0),
    bytes: at.reduce((sum, k) => sum + (bytes[k] ?? NaN), fixedBytes),
    cost: at.reduce((sum, k) => sum + (cost[k] ?? NaN), 0),
  };
};

/** Least cost at every budget up to `most`, by exact dynamic programming over quarters of a byte. */
function optimum(table: OptionTable, most: number): (budget: number) => number {
  const { bytes, cost, fixedBytes } = table;
  const end = 4 * most;
  let least = new Float64Array(end + 1).fill(Infinity);
  least.fill(0, 4 * fixedBytes);
  for (let i = 0; i < bytes.length / options; i++) {
    const next = new Float64Array(end + 1).fill(Infinity);
    for (let option = 0; option < options; option++) {
      const [own = 0, price = Infinity] = [bytes[i * options + option], cost[i * options + option]];
      if (price === Infinity) continue;
      const weight = 4 * (own + timeBytes(table, i, option));
      for (let budget = weight; budget <= end; budget++)
        next[budget] = Math.min(next[budget] ?? Infinity, (least[budget - weight] ?? Infinity) + price);
    }
    least = next;
  }
  return (budget) => least[4 * budget] ?? NaN;
}

const most = (table: OptionTable) => 5 + (40 + Math.ceil(table.timeBytesPerImage)) * (table.bytes.length / options);

describe('allocation against exact dynamic programming', () => {
  it('stays within the budget, adds up, and brackets the optimum', () => {
    fc.assert(
      fc.property(timed, fc.double({ min: 0, max: 1, noNaN: true }), (table, share) => {
        const frontier = buildFrontier(table);
        const top = most(table);
        const budget = Math.floor(frontier.startBytes + share * (top - frontier.startBytes));
        const { option, bytes, weight, cost, lowerBound } = allocate(frontier, budget);
        const real = chosen(table, option);
        expect(bytes).toBe(real.bytes);
        expect(cost).toBeCloseTo(real.cost, 9);
        expect(weight).toBe(real.bytes + real.time);
        expect(weight).toBeLessThanOrEqual(budget);
        const best = optimum(table, top)(budget);
        expect(lowerBound).toBeLessThanOrEqual(best + 1e-9);
        expect(cost).toBeGreaterThanOrEqual(best - 1e-9);
      }),
      { numRuns: 500 },
    );
  });

  it('is optimal at its own weight for every prefix', () => {
    fc.assert(
      fc.property(timed, (table) => {
        const frontier = buildFrontier(table);
        const best = optimum(table, most(table));
        frontier.weightAfter.forEach((weight, k) => {
          expect(frontier.costAfter[k]).toBeCloseTo(best(weight), 9);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('never costs more with a larger budget', () => {
    fc.assert(
      fc.property(timed, (table) => {
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
      encodings,
      bytes: Float64Array.of(0, 3, 4, 5, 9),
      cost: Float64Array.of(Infinity, Infinity, Infinity, Infinity, 0),
      fixedBytes: 7,
      timeBytesPerImage: 0,
    });
    expect(frontier.startBytes).toBe(16);
    expect(() => allocate(frontier, 15)).toThrow('at least 16 bytes');
    expect(allocate(frontier, 16)).toMatchObject({ bytes: 16, cost: 0, pricePerByte: 0 });
  });

  it('never takes an option that another of its sample beats in bytes and in cost', () => {
    fc.assert(
      fc.property(instances, fc.integer({ min: 0, max: 200 }), (table, budget) => {
        const frontier = buildFrontier(table);
        if (budget < frontier.startBytes) return;
        allocate(frontier, budget).option.forEach((own, i) => {
          const of = (option: number) => [table.bytes[i * options + option], table.cost[i * options + option]] as const;
          const [bytes = NaN, cost = NaN] = of(own);
          for (let other = 0; other < options; other++) {
            const [otherBytes = NaN, otherCost = NaN] = of(other);
            expect(otherBytes < bytes && otherCost <= cost).toBe(false);
            expect(otherBytes <= bytes && otherCost < cost).toBe(false);
          }
        });
      }),
    );
  });

  it('finds prefixes as a linear search does', () => {
    fc.assert(
      fc.property(timed, fc.integer({ min: 0, max: 400 }), (table, budget) => {
        const frontier = buildFrontier(table);
        const linear = frontier.weightAfter.filter((weight) => weight <= budget).length - 1;
        expect(prefixWithin(frontier, budget)).toBe(Math.max(0, linear));
      }),
    );
  });
});

describe('priced time', () => {
  /** Images that a coarse JPEG of 10 bytes serves nearly as well as a fine one of 40, and none at all much worse. */
  const table = (timeBytesPerImage: number): OptionTable => ({
    encodings,
    bytes: Float64Array.from(Array.from({ length: 20 }, () => [0, 10, 40, 41, 42]).flat()),
    cost: Float64Array.from(Array.from({ length: 20 }, () => [10, 4, 1, 1, 1]).flat()),
    fixedBytes: 0,
    timeBytesPerImage,
  });
  const kept = (timeBytesPerImage: number, budget: number) =>
    allocate(buildFrontier(table(timeBytesPerImage)), budget).option.filter((own) => own !== 0).length;

  it('makes fewer images at higher qualities the better choice', () => {
    // 20 coarse images weigh 200 without time; at 100 each, a fine one is hardly dearer than a coarse one.
    expect(kept(0, 200)).toBe(20);
    const { option, bytes, weight } = allocate(buildFrontier(table(100)), 1120);
    expect([...new Set(option)].sort()).toEqual([0, 2]);
    expect([bytes, weight]).toEqual([8 * 40, 8 * 140]);
  });

  it('never keeps more images for the same budget', () => {
    const weights = [0, 1, 3, 10, 30, 100];
    for (let budget = 0; budget <= 800; budget += 50) {
      const counts = weights.map((own) => kept(own, budget));
      expect(counts).toEqual(counts.toSorted((a, b) => b - a));
    }
  });

  it('keeps fewer images on average over any instances', () => {
    const tables = fc.sample(instances, { numRuns: 300, seed: 5 });
    const counts = [0, 5, 20, 80].map((timeBytesPerImage) =>
      tables.reduce((sum, own) => {
        const { option } = allocate(
          buildFrontier({ ...own, timeBytesPerImage }),
          5 + 40 * (own.bytes.length / options),
        );
        return sum + option.filter((chosen) => chosen !== 0).length;
      }, 0),
    );
    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  });

  it('leaves images alone that can not be dropped', () => {
    const fixed = {
      ...table(50),
      cost: Float64Array.from(table(50).cost, (own, at) => (at % 5 === 0 ? Infinity : own)),
    };
    const { bytes, weight } = allocate(buildFrontier(fixed), 500);
    expect(weight).toBe(bytes);
  });
});
