import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildFrontier, type OptionTable } from '../../../src/core/allocate/index.ts';
import { byteModels, countedBytes, endBytes, type ByteModel } from '../../../src/protocol/byte-model.ts';
import { encodingsOf } from '../../../src/protocol/encoding.ts';
import { allocate, checkpointsOf, prefixWithin } from '../../../src/protocol/frontier.ts';

const encodings = encodingsOf(['4:2:0', '4:4:4', 'webp'], [50]);
const options = encodings.length + 2;

/** Bytes that all sizes of a byte model are multiples of, and the largest file that is drawn. */
const sizes: Readonly<Record<ByteModel, { readonly unit: number; readonly largest: number }>> = {
  plain: { unit: 1, largest: 40 },
  blocks: { unit: 4096, largest: 20_000 },
  tar: { unit: 512, largest: 5000 },
};

interface Instance {
  readonly table: OptionTable;
  readonly unit: number;
  /** No allocation weighs more. */
  readonly most: number;
}

const whole = (max: number, min = 0) => fc.integer({ min, max });
/** Even: doubles would crowd at 0. */
const share = whole(1000).map((own) => own / 1000);
const perOption = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: options, maxLength: options });

/**
 * Any small instance under any byte model: bytes and costs in any order, many of them equal, empty files; options that
 * are not offered, among them dropping (a protected file) and the original (an unreadable one), but never all; priced
 * time, in quarters of a unit so that sums are exact.
 */
const instances: fc.Arbitrary<Instance> = fc
  .record({
    model: fc.constantFrom(...byteModels),
    samples: fc.array(
      fc.record({
        shares: perOption(fc.oneof(fc.constantFrom(0, 0.5, 1), share)),
        cost: perOption(fc.oneof({ weight: 4, arbitrary: whole(50) }, { weight: 1, arbitrary: fc.constant(Infinity) })),
        keptOption: whole(options - 1),
        keptCost: whole(50),
      }),
      { minLength: 1, maxLength: 7 },
    ),
    quarters: fc.oneof(fc.constant(0), whole(120)),
  })
  .map(({ model, samples, quarters }) => {
    const { unit, largest } = sizes[model];
    const counted = (bytes: number) => countedBytes(model, bytes, 20);
    const fixedBytes = counted(5) + endBytes(model);
    const timeBytesPerImage = (unit * quarters) / 4;
    const table = {
      ...{ encodings, fixedBytes, timeBytesPerImage },
      bytes: Float64Array.from(
        samples.flatMap(({ shares }) => shares.map((own, o) => (o === 0 ? 0 : counted(Math.round(own * largest))))),
      ),
      cost: Float64Array.from(
        samples.flatMap(({ cost, keptOption, keptCost }) => cost.map((own, o) => (o === keptOption ? keptCost : own))),
      ),
    };
    return { table, unit, most: fixedBytes + samples.length * (counted(largest) + Math.ceil(timeBytesPerImage)) };
  });

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

/** Least cost at every budget, by exact dynamic programming over quarters of a unit. */
function optimum({ table, unit, most }: Instance): (budget: number) => number {
  const { bytes, cost, fixedBytes } = table;
  const steps = (weight: number) => (4 * weight) / unit;
  const end = Math.ceil(steps(most));
  let least = new Float64Array(end + 1).fill(Infinity);
  least.fill(0, steps(fixedBytes));
  for (let i = 0; i < bytes.length / options; i++) {
    const next = new Float64Array(end + 1).fill(Infinity);
    for (let option = 0; option < options; option++) {
      const [own = 0, price = Infinity] = [bytes[i * options + option], cost[i * options + option]];
      if (price === Infinity) continue;
      const weight = steps(own + timeBytes(table, i, option));
      for (let budget = weight; budget <= end; budget++)
        next[budget] = Math.min(next[budget] ?? Infinity, (least[budget - weight] ?? Infinity) + price);
    }
    least = next;
  }
  return (budget) => least[Math.floor(steps(budget))] ?? NaN;
}

describe('allocation against exact dynamic programming', () => {
  it('stays within the budget, adds up, and brackets the optimum', () => {
    fc.assert(
      fc.property(instances, share, (instance, part) => {
        const { table, most } = instance;
        const frontier = buildFrontier(table);
        const budget = Math.floor(frontier.startBytes + part * (most - frontier.startBytes));
        const { option, bytes, weight, cost, lowerBound, pricePerByte } = allocate(frontier, budget);
        const real = chosen(table, option);
        expect(bytes).toBe(real.bytes);
        expect(cost).toBeCloseTo(real.cost, 9);
        expect(weight).toBe(real.bytes + real.time);
        expect(weight).toBeLessThanOrEqual(budget);
        const best = optimum(instance)(budget);
        expect(lowerBound).toBeLessThanOrEqual(best + 1e-9);
        expect(cost).toBeGreaterThanOrEqual(best - 1e-9);
        // No more than what the longest prefix leaves could buy at the price of a byte, nor than one increment saves.
        const prefix = prefixWithin(frontier, budget);
        const left = budget - (frontier.weightAfter[prefix] ?? NaN);
        expect(cost - lowerBound).toBeLessThanOrEqual(pricePerByte * left + 1e-9);
        expect(cost - lowerBound).toBeLessThanOrEqual((frontier.savedCost[prefix] ?? 0) + 1e-9);
      }),
      { numRuns: 1000 },
    );
  });

  it('is optimal at its own weight for every prefix', () => {
    fc.assert(
      fc.property(instances, (instance) => {
        const frontier = buildFrontier(instance.table);
        const best = optimum(instance);
        frontier.weightAfter.forEach((weight, k) => {
          expect(frontier.costAfter[k]).toBeCloseTo(best(weight), 9);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('never costs more with a larger budget, nor has a higher bound or price', () => {
    fc.assert(
      fc.property(instances, ({ table, unit, most }) => {
        const frontier = buildFrontier(table);
        let before = { cost: Infinity, lowerBound: Infinity, pricePerByte: Infinity };
        for (let budget = frontier.startBytes; budget <= most; budget += unit) {
          const next = allocate(frontier, budget);
          expect(next.cost).toBeLessThanOrEqual(before.cost + 1e-9);
          expect(next.lowerBound).toBeLessThanOrEqual(before.lowerBound + 1e-9);
          expect(next.pricePerByte).toBeLessThanOrEqual(before.pricePerByte);
          before = next;
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is the same from the nearest checkpoint', () => {
    fc.assert(
      fc.property(instances, share, whole(9, 1), ({ table, most }, part, count) => {
        const frontier = buildFrontier(table);
        const budget = frontier.startBytes + part * (most - frontier.startBytes);
        expect(allocate(frontier, budget, checkpointsOf(frontier, count))).toEqual(allocate(frontier, budget));
      }),
      { numRuns: 300 },
    );
  });

  it('takes the increments of a file in their order, and equal slopes as the files come', () => {
    fc.assert(
      fc.property(instances, ({ table }) => {
        const { start, sample, from, option, addedBytes, savedCost, timeBytesPerImage } = buildFrontier(table);
        const current = start.slice();
        const slopes = Array.from(sample, (i, k) => {
          expect(from[k]).toBe(current[i]);
          current[i] = option[k] as number;
          return (savedCost[k] ?? NaN) / ((addedBytes[k] ?? NaN) + (from[k] === 0 ? timeBytesPerImage : 0));
        });
        slopes.forEach((slope, k) => {
          const before = slopes[k - 1] ?? Infinity;
          expect(slope).toBeLessThanOrEqual(before * (1 + 1e-12));
          if (slope === before) expect(sample[k]).toBeGreaterThanOrEqual(sample[k - 1] as number);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('takes the highest of options that weigh and cost the same', () => {
    const { start } = buildFrontier({
      encodings,
      bytes: Float64Array.of(0, 4096, 4096, 4096, 8192),
      cost: Float64Array.of(Infinity, 1, 1, 1, 1),
      fixedBytes: 0,
      timeBytesPerImage: 0,
    });
    expect([...start]).toEqual([3]);
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

  it('finds prefixes as a linear search does', () => {
    fc.assert(
      fc.property(instances, share, ({ table, most }, part) => {
        const frontier = buildFrontier(table);
        const budget = part * most;
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
    const drawn = fc.sample(instances, { numRuns: 300, seed: 5 });
    const counts = [0, 5, 20, 80].map((units) =>
      drawn.reduce((sum, { table: own, unit }) => {
        const frontier = buildFrontier({ ...own, timeBytesPerImage: units * unit });
        const { option } = allocate(frontier, frontier.startBytes + 40 * unit * (own.bytes.length / options));
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
