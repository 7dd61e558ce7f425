import { expect, it } from 'vitest';
import { accuracies, findRegions, type Trials } from '../../../src/core/probe/regions.ts';
import { overlap, topPixels } from '../../../src/core/probe/attribution.ts';
import { seededRandom } from '../../../src/core/random.ts';

const qualities = [5, 50, 90, 'original'] as const;
const images = 400;

/** Networks that are right with planted probabilities by tested quality. */
function planted(rates: readonly (readonly number[])[], seeds = 3): Trials {
  const random = seededRandom(5);
  const right = rates.map((own) =>
    Array.from({ length: seeds }, () =>
      Float32Array.from({ length: images * qualities.length }, (_, at) =>
        random.below(1000) < 1000 * (own[at % qualities.length] as number) ? 1 : 0,
      ),
    ),
  );
  return { trained: [5, 50, 'original'], qualities: [...qualities], images, right };
}

it('regions are found where they were planted, and leads that are noise are not called sure', () => {
  const trials = planted([
    [0.6, 0.4, 0.4, 0.4],
    [0.4, 0.7, 0.5, 0.5],
    [0.3, 0.5, 0.8, 0.8],
  ]);
  expect(findRegions(trials)).toEqual([
    { trained: 5, from: 5, to: 5, sure: true },
    { trained: 50, from: 50, to: 50, sure: true },
    { trained: 'original', from: 90, to: 'original', sure: true },
  ]);
  const equal = findRegions(
    planted([
      [0.5, 0.5, 0.5, 0.5],
      [0.5, 0.5, 0.5, 0.5],
      [0.5, 0.5, 0.5, 0.5],
    ]),
  );
  expect(equal.every(({ sure }) => !sure)).toBe(true);
  const { accuracy, interval } = accuracies(trials);
  [0.6, 0.4].forEach((rate, v) => {
    expect(Math.abs((accuracy[v] as number) - rate)).toBeLessThan(2 * (interval[v] as number));
  });
  expect(interval[0]).toBeLessThan(0.06);
});

it('top pixels are the largest ones, and overlap as sets do', () => {
  const map = Float32Array.of(0.1, 0.9, 0.5, 0.8);
  expect([...topPixels(map, 0.5)]).toEqual([0, 1, 0, 1]);
  expect(overlap(Uint8Array.of(1, 1, 0, 0), Uint8Array.of(0, 1, 1, 0))).toBeCloseTo(1 / 3);
  expect(overlap(Uint8Array.of(1, 0), Uint8Array.of(1, 0))).toBe(1);
});
