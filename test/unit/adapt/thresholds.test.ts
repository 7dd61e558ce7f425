import { expect, it } from 'vitest';
import { nextThreshold } from '../../../src/core/adapt/thresholds.ts';

/** Thresholds at the end of three epochs, by hand: the means are 2, 1 and 4, the medians 1.5, 0.5 and 2. */
const epochs = [
  [1, 1.5, 3.5],
  [0, 0.5, 2.5],
  [1, 2, 9],
];

it.each([
  ['median', [1.5, 0.5, 2]],
  ['first-mean', [2, 2, 2]],
  ['moving-average', [2, 0.9 * 2 + 0.1 * 1, 0.9 * 1.9 + 0.1 * 4]],
] as const)('the threshold %s', (rule, expected) => {
  let threshold: number | undefined;
  const found = epochs.map((losses) => (threshold = nextThreshold(rule, Float32Array.from(losses), threshold)));
  found.forEach((value, epoch) => {
    expect(value).toBeCloseTo(expected[epoch] as number, 6);
  });
});

it('the median of an even number of losses lies between the middle two', () => {
  expect(nextThreshold('median', Float32Array.of(4, 1, 2, 8), undefined)).toBe(3);
});
