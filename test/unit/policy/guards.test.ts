/** Every rule under guards: protected files, floors, classes that may lose no more. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allOriginals, bytesOf, drawnGuards, leastBytes, options } from './rows.ts';
import { rules } from './rules.ts';

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
