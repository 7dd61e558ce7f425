import { describe, expect, it } from 'vitest';
import { crossPredicted, evaluateProxies, fitPredictor, type Proxies } from '../../../src/core/probe/calibrate.ts';
import { seededRandom } from '../../../src/core/random.ts';

const rows = 600;
const qualities = 3;
const random = seededRandom(4);
const normal = () => Array.from({ length: 12 }, () => random.below(1e6) / 1e6).reduce((a, b) => a + b, -6);
const noise = (length = rows) => Float32Array.from({ length }, normal);

/** Entropy tells half of the truth, feature shift nearly all of it at each quality; the others nothing. */
const labels = Int32Array.from({ length: rows }, (_, row) => row % 4);
const entropy = noise();
const own = noise(rows * qualities);
const truth = Float32Array.from(own, (value, at) => value + (entropy[Math.floor(at / qualities)] as number) + 2);
const proxies: Proxies = {
  ...{ loss: noise(), entropy, margin: noise(), el2n: noise(), grand: noise() },
  ...{ highFrequency: noise(), quantisationError: noise(rows * qualities), byteSlope: noise() },
  featureShift: Float32Array.from(truth, (value) => value + 0.1 * normal()),
  firstOrder: noise(rows * qualities),
};
const data = { proxies, labels };
const all = Uint32Array.from(labels.keys());

describe('calibration', () => {
  const evaluations = new Map(
    evaluateProxies(data, truth, qualities, (predicted) => [
      predicted.reduce((sum, value, at) => sum + (value - (truth[at] as number)) ** 2, 0) / truth.length,
    ]).map((one) => [one.name, one]),
  );
  const of = (name: Parameters<typeof crossPredicted>[0]) => {
    const found = evaluations.get(name);
    if (!found) throw new Error(`No evaluation of ${name}`);
    return found;
  };

  it('tells planted signs from noise', () => {
    expect(of('featureShift').rho).toBeGreaterThan(0.97);
    expect(of('entropy').rho).toBeGreaterThan(0.7);
    for (const name of ['loss', 'margin', 'byteSlope', 'firstOrder'] as const) {
      const [low, high] = of(name).rhoInterval;
      expect(low).toBeLessThan(0.1);
      expect(high).toBeGreaterThan(-0.1);
      expect(of(name).areaUnderCurve).toBeCloseTo(0.5, 0);
    }
    expect(of('featureShift').areaUnderCurve).toBeGreaterThan(0.95);
  });

  it('is calibrated, and combines what single signs know', () => {
    for (const name of ['entropy', 'featureShift', 'cheap', 'all'] as const)
      expect(of(name).calibrationSlope).toBeCloseTo(1, 0);
    const [miss] = of('entropy').regret;
    expect(of('cheap').regret[0]).toBeLessThan(1.1 * (miss as number));
    expect(of('all').regret[0]).toBeLessThan(0.05);
    expect(of('all').needsViews).toBe(true);
    expect(of('cheap').needsViews).toBe(false);
  });

  it('claims nothing for rows that it saw: noise foretells nothing across folds', () => {
    const predicted = crossPredicted('firstOrder', data, truth, qualities);
    const mean = truth.reduce((a, b) => a + b, 0) / truth.length;
    const square = (values: Float32Array, from: (at: number) => number) =>
      values.reduce((sum, value, at) => sum + (value - from(at)) ** 2, 0);
    // No better than the mean of all.
    expect(square(truth, (at) => predicted[at] as number)).toBeGreaterThan(0.99 * square(truth, () => mean));
  });

  it('knows a class from its own rows alone', () => {
    const byClass = Float32Array.from(
      { length: rows * qualities },
      (_, at) => (labels[Math.floor(at / qualities)] as number) * 2,
    );
    const seen = all.filter((row) => row % 3 !== 0);
    const held = all.filter((row) => row % 3 === 0);
    const predicted = fitPredictor('class', data, byClass, qualities, seen)(data, held);
    held.forEach((row, at) => {
      expect(Math.abs((predicted[at * qualities] as number) - (labels[row] as number) * 2)).toBeLessThan(0.4);
    });
  });

  it('foretells rows that were never measured', () => {
    const half = all.subarray(0, rows / 2);
    const rest = { proxies: { entropy: entropy.slice(rows / 2) }, labels: labels.slice(rows / 2) };
    const predicted = fitPredictor('entropy', data, truth, qualities, half)(rest, Uint32Array.from(rest.labels.keys()));
    expect(predicted).toHaveLength((rows / 2) * qualities);
    expect(() => fitPredictor('loss', data, truth, qualities, half)(rest, all.subarray(0, 1))).toThrow(/proxy loss/);
  });
});
