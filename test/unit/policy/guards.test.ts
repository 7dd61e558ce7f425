/** Every rule under guards: protected files, floors, classes that may lose no more. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as rule from '../../../src/core/policy/index.ts';
import { allOriginals, bytesAt, bytesOf, drawnGuards, drawRows, guardRows, leastBytes, options } from './rows.ts';
import { planned, rules } from './rules.ts';

describe.each(Object.entries(rules))('%s', (_, choose) => {
  it('does what guards allow, within any budget that the smallest copy fits', () => {
    fc.assert(
      fc.property(drawnGuards, fc.double({ min: 0, max: 1.1, noNaN: true }), ({ free, guards, rows }, share) => {
        const least = leastBytes(rows);
        const budget = Math.floor(least + share * (allOriginals(rows) - least));
        const chosen = choose(rows, budget);
        expect(bytesOf(free, chosen)).toBeLessThanOrEqual(budget);
        expect(bytesOf(rows, chosen)).toBe(bytesOf(free, chosen));
        const classes = Map.groupBy(chosen.keys(), (row) => rows.labels[row]);
        for (const own of classes.values()) {
          const dropped = own.filter((row) => chosen[row] === 0).length;
          expect(dropped).toBeLessThanOrEqual(guards.mostDropped * own.length + 1e-6);
          expect(own.length - dropped).toBeGreaterThanOrEqual(Math.min(2, own.length));
        }
        chosen.forEach((option, row) => {
          const lowest = guards.lowest[row] ?? NaN;
          if (lowest === options - 1) expect(option).toBe(lowest);
          else if (option !== 0) expect(option).toBeGreaterThanOrEqual(lowest);
        });
      }),
      { numRuns: 150 },
    );
  });
});

describe('those that follow a plan', () => {
  it('take no more bytes than it, and drop no more of a class than may go', () => {
    fc.assert(
      fc.property(drawnGuards, fc.double({ min: 0, max: 0.5, noNaN: true }), fc.nat(), ({ rows }, share, seed) => {
        const least = leastBytes(rows);
        const plan = planned(rows, Math.floor(least + share * (allOriginals(rows) - least)));
        const followers = [
          rule.shuffled({ ...rows, planned: plan }, seed),
          rule.sensitivity({ ...rows, planned: plan }, 0.3, seed),
          rule.sensitivity({ ...rows, planned: plan }, 1, seed),
        ];
        for (const chosen of followers) {
          expect(bytesOf(rows, chosen)).toBeLessThanOrEqual(bytesOf(rows, plan));
          for (const [label, own] of Map.groupBy(chosen.keys(), (row) => rows.labels[row] ?? NaN))
            expect(own.filter((row) => chosen[row] !== 0).length).toBeGreaterThanOrEqual(
              rows.leastKept.get(label) ?? NaN,
            );
        }
      }),
      { numRuns: 600 },
    );
  });

  it('deal the plan out where few rows leave little to trade', () => {
    const small = fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 50 }), kept: fc.boolean() }), {
      minLength: 3,
      maxLength: 6,
    });
    fc.assert(
      fc.property(small, fc.nat(), (own, seed) => {
        const rows: rule.PolicyRows = {
          qualities: Uint8Array.of(50),
          bytes: Float64Array.from(own.flatMap(({ bytes }) => [0, bytes, 3 * bytes])),
          labels: new Int32Array(own.length),
          leastKept: new Map([[0, 2]]),
          order: Uint32Array.from(own.keys()),
        };
        const plan = Uint8Array.from(own, ({ kept }, row) => (kept || row < 2 ? 1 : 0));
        const chosen = rule.shuffled({ ...rows, planned: plan }, seed);
        expect(rule.totalBytes(rows, chosen)).toBeLessThanOrEqual(rule.totalBytes(rows, plan));
        expect(chosen.filter((option) => option !== 0).length).toBeGreaterThanOrEqual(2);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a floor', () => {
  it('lifts what one quality for all would give to the next that it allows, and no further', () => {
    const free = drawRows(300, 3, 17);
    const lowest = Uint8Array.from(free.labels, (_, row) => [1, 2, 4][row % 3] ?? 1);
    const rows = guardRows(free, { lowest, mostDropped: 0.5 }, 17);
    const chosen = rule.uniform(rows, 0.45 * allOriginals(rows));
    const level = Math.min(...chosen.filter((_, row) => lowest[row] === 1));
    expect(level).toBeLessThan(4);
    chosen.forEach((option, row) => {
      const least = Math.max(level, lowest[row] ?? NaN);
      const wished = bytesAt(rows, row, least) < bytesAt(rows, row, options - 1) ? least : options - 1;
      // Some had the next one from what was left.
      const next = Math.max(level + 1, lowest[row] ?? NaN);
      const more = bytesAt(rows, row, next) < bytesAt(rows, row, options - 1) ? next : options - 1;
      expect([wished, more]).toContain(option);
    });
  });
});
