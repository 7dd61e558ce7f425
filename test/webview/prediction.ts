/** A prediction of the fake dataset whose errors follow its frontier's cost, for the fake host. */
import type { Frontier } from '../../src/protocol/frontier.ts';
import { copiesBetween, type Prediction } from '../../src/protocol/prediction.ts';

const seeds = 2;
const original = 0.42;

export function fakePrediction(frontier: Frontier): Prediction {
  const [least, most] = [frontier.startBytes * 1.15, frontier.bytesAfter.at(-1) as number];
  const copies = copiesBetween(frontier, least, most, 6);
  const slope = 0.18 / ((copies[0]?.cost ?? NaN) - (copies.at(-1)?.cost ?? NaN));
  const points = copies.map((copy, k) => {
    const errors = Array.from(
      { length: seeds },
      (_, seed) => original + 0.01 + slope * copy.cost + 0.006 * Math.sin(5 * k + 2 * seed),
    );
    return { ...copy, budgetBytes: copy.bytes, errors, error: errors.reduce((sum, one) => sum + one / seeds, 0) };
  });
  const meanCost = copies.reduce((sum, { cost }) => sum + cost / copies.length, 0);
  return {
    root: '/home/ada/datasets/cifar-10-large',
    ...{ task: 'classification', policy: 'sensitivity', trainImages: 4000, testImages: 500, tested: 'the test split' },
    ...{ seeds, epochs: 12, engine: 'CPU', points },
    original: { bytes: most, errors: [original - 0.003, original + 0.003], error: original },
    curve: {
      ...{ kind: 'line', intercept: original + 0.01, slope, points: copies.length, meanCost },
      ...{ squaredCosts: copies.reduce((sum, { cost }) => sum + (cost - meanCost) ** 2, 0), reach: 0.012 },
    },
    missed: { line: 0.006, points: 0.011 },
    coverage: { inside: 3, leftOut: 4, interval: [0.3, 0.954] },
  };
}
