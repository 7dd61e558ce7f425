import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedCost, natPrices, optionCosts } from '../../../src/core/allocate/index.ts';
import { isotonicDecreasing } from '../../../src/core/isotonic.ts';
import { encodingsOf } from '../../../src/protocol/encoding.ts';

describe('isotonic fit', () => {
  it('is the least-squares non-increasing fit', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 12 }), (values) => {
        const fit = isotonicDecreasing(Float64Array.from(values));
        fit.forEach((value, at) => {
          expect(value).toBeLessThanOrEqual((fit[at - 1] ?? Infinity) + 1e-9);
        });
        // Blocks keep their means, and every beginning of a block lies no higher than its end (the conditions of optimality).
        let start = 0;
        for (let at = 1; at <= values.length; at++) {
          if (at < values.length && Math.abs((fit[at] ?? 0) - (fit[start] ?? 0)) < 1e-9) continue;
          const block = values.slice(start, at);
          const mean = block.reduce((a, b) => a + b, 0) / block.length;
          expect(fit[start]).toBeCloseTo(mean, 9);
          block.forEach((_, k) => {
            const head = block.slice(0, k + 1);
            expect(head.reduce((a, b) => a + b, 0) / head.length).toBeLessThanOrEqual(mean + 1e-9);
          });
          start = at;
        }
      }),
    );
  });
});

describe('costs of options', () => {
  const input = {
    encodings: encodingsOf(['4:2:0'], [20, 60]),
    // The second sample's source is no better than the first quality; the third is not probed.
    encoded: Uint32Array.of(10, 20, 10, 0, 10, 20, 10, 20),
    sample: Uint32Array.of(0, 1, 3),
    difference: Float32Array.of(0.6, 0.9, -0.3, 5, 0.4, 0.1),
    loss: Float32Array.of(1, 1, 1),
    labels: Int32Array.of(0, 0, 1),
    prices: natPrices(Float32Array.of(1, 1, 1), 0.5),
  };
  const cost = optionCosts(input);
  const row = (sample: number) => Array.from(cost.subarray(sample * 4, sample * 4 + 4));

  it('are summed with as many drops of a class as it loses, whichever they are', () => {
    const price = (...option: number[]) => expectedCost(input, cost, Uint8Array.from(option));
    const drops = [cost[0] ?? NaN, cost[4] ?? NaN];
    expect(price(3, 3, 3, 3)).toBe(0);
    expect(price(1, 3, 3, 2)).toBeCloseTo(0.25 + 0.1 / 3, 6);
    expect(price(0, 3, 3, 3)).toBe(Math.min(...drops));
    expect(price(3, 0, 3, 3)).toBe(Math.min(...drops));
    expect(price(0, 0, 3, 0)).toBeCloseTo((drops[0] ?? NaN) + (drops[1] ?? NaN) + (cost[12] ?? NaN), 9);
  });

  it('pools what rises with quality, offers nothing above the source, and never counts on a gain', () => {
    expect(row(0).slice(1)).toEqual([expect.closeTo(0.25, 6), expect.closeTo(0.25, 6), 0]);
    expect(row(1).slice(1)).toEqual([0, Infinity, 0]);
    expect(row(2)).toEqual([Infinity, Infinity, Infinity, 0]);
    expect(row(3).slice(1)).toEqual([expect.closeTo(0.4 / 3, 6), expect.closeTo(0.1 / 3, 6), 0]);
  });

  it('are of each coding what they are of that coding alone', () => {
    const [samples, qualities] = [4, [10, 50, 90]];
    const some = fc.array(
      fc.record({
        offered: fc.integer({ min: 0, max: 3 }),
        differences: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 }),
      }),
      { minLength: samples, maxLength: samples },
    );
    fc.assert(
      fc.property(some, some, some, (...byCoding) => {
        const tableOf = (columns: readonly (typeof byCoding)[number][]) => ({
          encodings: encodingsOf(['4:2:0', '4:4:4', 'webp'], qualities).slice(0, 3 * columns.length),
          encoded: Uint32Array.from(
            Array.from({ length: samples }, (_, i) =>
              columns.flatMap((own) => [0, 1, 2].map((q) => (q < (own[i]?.offered ?? 0) ? 10 + q : 0))),
            ).flat(),
          ),
          sample: Uint32Array.from({ length: samples }, (_, i) => i),
          difference: Float32Array.from(
            Array.from({ length: samples }, (_, i) => columns.flatMap((own) => own[i]?.differences ?? [])).flat(),
          ),
          loss: new Float32Array(samples).fill(1),
          labels: Int32Array.of(0, 0, 1, 1),
          prices: natPrices(new Float32Array(samples).fill(1), 0.5),
        });
        const together = optionCosts(tableOf(byCoding));
        byCoding.forEach((own, coding) => {
          const alone = optionCosts(tableOf([own]));
          for (let i = 0; i < samples; i++) {
            const ofCoding = together.subarray(i * 11 + 1 + 3 * coding, i * 11 + 4 + 3 * coding);
            expect(ofCoding).toEqual(alone.subarray(i * 5 + 1, i * 5 + 4));
            expect(together[i * 11]).toBe(alone[i * 5]);
          }
        });
      }),
    );
  });

  it('charges for dropping r samples of a class what the power law says', () => {
    const size = 50;
    const many = optionCosts({
      encodings: encodingsOf(['4:2:0'], [50]),
      encoded: new Uint32Array(size).fill(5),
      sample: Uint32Array.from({ length: size }, (_, i) => i),
      difference: new Float32Array(size),
      loss: new Float32Array(size).fill(2),
      labels: new Int32Array(size),
      prices: natPrices(new Float32Array(size).fill(2), 0.3),
    });
    const dropCosts = Array.from({ length: size }, (_, i) => many[i * 3] ?? NaN).sort((x, y) => x - y);
    const ten = dropCosts.slice(0, 10).reduce((x, y) => x + y, 0);
    expect(ten).toBeCloseTo(2 * (40 / 50) ** -0.3 - 2, 9);
    expect(dropCosts.at(-1)).toBeGreaterThan(20 * (dropCosts[0] ?? NaN)); // a class is not emptied lightly
  });
});
