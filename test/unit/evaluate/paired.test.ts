import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairedDifference, verdictOf } from '../../../src/core/evaluate/index.ts';
import { seededRandom } from '../../../src/core/random.ts';

/** Marks of networks that are right at these rates: an image's difficulty is shared by all. */
function marks(rates: readonly number[], images: number, seed: number): Float32Array[] {
  const random = seededRandom(seed);
  const difficulty = Float32Array.from({ length: images }, () => random.below(1000) / 1000);
  return rates.map((rate) =>
    difficulty.map((hard) => (random.below(1000) / 1000 < Math.min(1, Math.max(0, rate + 0.8 * (0.5 - hard))) ? 1 : 0)),
  );
}

describe('paired differences', () => {
  it('are the mean over seeds and images, and turn with the sides', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), (seed) => {
        const ours = marks([0.5, 0.6], 40, seed);
        const theirs = marks([0.4, 0.5], 40, seed + 1);
        const there = pairedDifference(ours, theirs);
        const back = pairedDifference(theirs, ours);
        const plain = ours.flatMap((own, k) => [...own].map((mark, i) => mark - (theirs[k]?.[i] ?? NaN)));
        expect(there.mean).toBeCloseTo(plain.reduce((a, b) => a + b) / plain.length, 6);
        expect(back.mean).toBeCloseTo(-there.mean, 6);
        expect(there.interval[0]).toBeLessThanOrEqual(there.mean + 1e-6);
        expect(there.interval[1]).toBeGreaterThanOrEqual(there.mean - 1e-6);
      }),
      { numRuns: 20 },
    );
  });

  it('hold the truth about as often as they say, and see no difference where there is none', () => {
    const trials = 60;
    let [held, seen] = [0, 0];
    for (let trial = 0; trial < trials; trial++) {
      const spread = seededRandom(trial);
      const rate = (base: number) => Array.from({ length: 5 }, () => base + (spread.below(200) - 100) / 5000);
      const { interval, verdict } = pairedDifference(marks(rate(0.55), 300, trial), marks(rate(0.5), 300, trial));
      if (interval[0] <= 0.05 && interval[1] >= 0.05) held += 1;
      if (
        pairedDifference(marks(rate(0.5), 300, trial), marks(rate(0.5), 300, trial + 500)).verdict !==
        'no difference seen'
      )
        seen += 1;
      expect(['better', 'no difference seen']).toContain(verdict);
    }
    expect(held / trials).toBeGreaterThan(0.85);
    expect(seen / trials).toBeLessThan(0.15);
  });

  it('are called by their interval alone', () => {
    expect(verdictOf([0.001, 0.2])).toBe('better');
    expect(verdictOf([-0.2, -0.001])).toBe('worse');
    expect(verdictOf([-0.2, 0.2])).toBe('no difference seen');
    expect(verdictOf([0, 0])).toBe('no difference seen');
  });
});
