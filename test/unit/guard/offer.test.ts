/** The frontier under guards, against exact dynamic programming over what they allow. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildFrontier } from '../../../src/core/allocate/index.ts';
import { leastKept, withdraw } from '../../../src/core/guard/index.ts';
import { allocate } from '../../../src/protocol/frontier.ts';

const qualities = Uint8Array.of(10, 50, 90);
const options = qualities.length + 2;
const original = options - 1;
const unchanged = 255;

/** One sample: whole bytes and costs as they come, its class, its floor, what dropping it costs. */
const samples = fc.array(
  fc.record({
    bytes: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 4, maxLength: 4 }),
    cost: fc.array(fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant(Infinity)), { minLength: 3, maxLength: 3 }),
    label: fc.nat(2),
    floor: fc.constantFrom(0, 0, 0, 30, 50, 95, unchanged),
    dropCost: fc.integer({ min: 1, max: 60 }),
  }),
  { minLength: 1, maxLength: 8 },
);
type Samples = typeof samples extends fc.Arbitrary<infer T> ? T : never;

function guarded(rows: Samples, mostDropped: number) {
  const labels = Int32Array.from(rows, ({ label }) => label);
  const cost = Float64Array.from(rows.flatMap((row) => [row.dropCost, ...row.cost, 0]));
  const least = leastKept(labels, mostDropped);
  const sample = Uint32Array.from(rows.keys());
  const guards = { floor: Uint8Array.from(rows, ({ floor }) => floor) };
  withdraw(cost, { qualities, sample, labels, guards, leastKept: least });
  const bytes = Float64Array.from(rows.flatMap((row) => [0, ...row.bytes]));
  return buildFrontier({ qualities, bytes, cost, fixedBytes: 3, timeBytesPerImage: 0 });
}

/** What a sample may become and at what cost, by the rules as people read them. */
function allowed(rows: Samples, mostDropped: number, i: number): { bytes: number; cost: number; option: number }[] {
  const own = rows[i] as Samples[number];
  const mates = [...rows.entries()].filter(([, { label }]) => label === own.label);
  const mayGo = mates.filter(([, { floor }]) => floor !== unchanged);
  const most = Math.min(mayGo.length, Math.floor(mostDropped * mates.length), Math.max(0, mates.length - 2));
  const cheaper = mayGo.filter(
    ([other, { dropCost }]) => dropCost < own.dropCost || (dropCost === own.dropCost && other < i),
  ).length;
  const prices = mates.map(([, { dropCost }]) => dropCost).sort((a, b) => a - b);
  const kept = own.bytes.map((bytes, at) => ({ bytes, cost: [...own.cost, 0][at] ?? NaN, option: at + 1 }));
  return [
    ...(own.floor !== unchanged && cheaper < most ? [{ bytes: 0, cost: prices[cheaper] ?? NaN, option: 0 }] : []),
    ...kept.filter(({ option }) => option === original || (qualities[option - 1] ?? 0) >= own.floor),
  ].filter(({ cost }) => cost !== Infinity);
}

/** Least cost at every budget, whole bytes. */
function optimum(rows: Samples, mostDropped: number): Float64Array {
  const end = 3 + 30 * rows.length;
  let least = new Float64Array(end + 1).fill(Infinity);
  least.fill(0, 3);
  for (const i of rows.keys()) {
    const next = new Float64Array(end + 1).fill(Infinity);
    for (const { bytes, cost } of allowed(rows, mostDropped, i))
      for (let budget = bytes; budget <= end; budget++)
        next[budget] = Math.min(next[budget] ?? NaN, (least[budget - bytes] ?? NaN) + cost);
    least = next;
  }
  return least;
}

const shares = fc.constantFrom(0, 0.3, 0.5, 0.75, 0.9, 1);

describe('the frontier under guards', () => {
  it('is optimal for every prefix, and brackets the optimum of every budget between', () => {
    fc.assert(
      fc.property(samples, shares, (rows, mostDropped) => {
        const frontier = guarded(rows, mostDropped);
        const best = optimum(rows, mostDropped);
        expect(best.findIndex((cost) => cost !== Infinity)).toBe(frontier.startBytes);
        frontier.bytesAfter.forEach((bytes, k) => {
          expect(frontier.costAfter[k]).toBeCloseTo(best[bytes] ?? NaN, 9);
        });
        for (let budget = frontier.startBytes; budget < best.length; budget++) {
          const { bytes, cost, lowerBound } = allocate(frontier, budget);
          expect(bytes).toBeLessThanOrEqual(budget);
          expect(lowerBound).toBeLessThanOrEqual((best[budget] ?? NaN) + 1e-9);
          expect(cost).toBeGreaterThanOrEqual((best[budget] ?? NaN) - 1e-9);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('takes only what guards allow, at every budget', () => {
    fc.assert(
      fc.property(samples, shares, (rows, mostDropped) => {
        const frontier = guarded(rows, mostDropped);
        for (const budget of frontier.bytesAfter) {
          const { option, cost } = allocate(frontier, budget);
          const taken = Array.from(option, (own, i) =>
            allowed(rows, mostDropped, i).find((offer) => offer.option === own),
          );
          expect(taken).not.toContain(undefined);
          expect(taken.reduce((sum, own) => sum + (own?.cost ?? NaN), 0)).toBeCloseTo(cost, 9);
          for (const own of Map.groupBy(rows.keys(), (i) => rows[i]?.label).values()) {
            const dropped = own.filter((i) => option[i] === 0).length;
            expect(dropped).toBeLessThanOrEqual(mostDropped * own.length);
            expect(own.length - dropped).toBeGreaterThanOrEqual(Math.min(2, own.length));
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
