/** Errors at every budget, from planted truths. */
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { fitErrorCurve, leastPoints } from '../../../src/core/predict/index.ts';
import { studentReach } from '../../../src/core/predict/student.ts';
import { wilson } from '../../../src/core/predict/fit.ts';
import { seededRandom } from '../../../src/core/random.ts';
import { errorAt, predictedAt, type Prediction } from '../../../src/protocol/prediction.ts';

const fixedBytes = 2e6;

type Truth = (cost: number) => number;

/** What an allocation would cost at a share of the bytes: it rises the faster the fewer they are. */
const costAt = (bytes: number) => 0.1 * ((bytes - fixedBytes) / 1e6) ** -0.8 - 0.1;
const budgetAt = (place: number) => fixedBytes + 1e6 * 0.05 ** (1 - place);
const sixBudgets = Array.from({ length: 6 }, (_, k) => budgetAt(k / 5));

/** Normal draws by the method of Box & Muller. */
function noise(seed: number): () => number {
  const random = seededRandom(seed);
  const uniform = () => (random.below(2 ** 30) + 1) / 2 ** 30;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

const measured = (bytes: number, truth: Truth, off: number) => {
  const cost = costAt(bytes);
  return { bytes, cost, error: truth(cost) + off };
};

const straight: Truth = (cost) => 0.4 + 0.15 * cost;
/** Rises steeply with the first losses and hardly with more. */
const saturating: Truth = (cost) => 0.4 + 0.25 * (1 - Math.exp(-6 * cost));

describe('a curve of errors', () => {
  it('finds the planted line, and tells errors between without a miss', () => {
    const { curve, missed, coverage } = fitErrorCurve(
      sixBudgets.map((bytes) => measured(bytes, straight, 0)),
      fixedBytes,
    );
    expect(curve).toMatchObject({ kind: 'line', points: 6 });
    if (curve.kind !== 'line') throw new Error('not a line');
    expect(curve.intercept).toBeCloseTo(0.4, 10);
    expect(curve.slope).toBeCloseTo(0.15, 10);
    expect(missed.line).toBeLessThan(1e-10);
    expect(coverage.leftOut).toBe(4);
    const between = { bytes: 2.3e6, cost: costAt(2.3e6) };
    expect(errorAt(curve, between).error).toBeCloseTo(straight(between.cost), 10);
  });

  it('goes from point to point where the line does not hold', () => {
    const points = sixBudgets.map((bytes) => measured(bytes, saturating, 0));
    const { curve, missed } = fitErrorCurve(points, fixedBytes);
    expect(curve.kind).toBe('points');
    expect(missed.points).toBeLessThan(0.7 * missed.line);
    for (const point of points) expect(errorAt(curve, point).error).toBeCloseTo(point.error, 10);
    const [low, high] = [budgetAt(0) - 1e4, budgetAt(1) + 1e6].map((bytes) => errorAt(curve, { bytes, cost: 0 }).error);
    expect([low, high]).toEqual([points[0]?.error, points[5]?.error]);
  });

  it('never tells a larger error for more bytes or less cost, whatever was measured', () => {
    const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: leastPoints, maxLength: 9 });
    fc.assert(
      fc.property(shares, (errors) => {
        const bytesAt = (k: number) => fixedBytes + 1e5 * (k + 1);
        const points = errors.map((error, k) => ({ bytes: bytesAt(k), cost: costAt(bytesAt(k)), error }));
        const { curve, coverage } = fitErrorCurve(points, fixedBytes);
        const told = Array.from({ length: 50 }, (_, k) => bytesAt(((errors.length - 1) * k) / 49)).map((bytes) =>
          errorAt(curve, { bytes, cost: costAt(bytes) }),
        );
        for (const [k, { error, reach }] of told.entries()) {
          expect(error).toBeLessThanOrEqual((told[k - 1]?.error ?? Infinity) + 1e-9);
          expect(reach).toBeGreaterThanOrEqual(0);
        }
        expect(coverage.leftOut).toBe(errors.length - 2);
        expect(coverage.interval[0]).toBeLessThanOrEqual(coverage.inside / coverage.leftOut);
        expect(coverage.interval[1]).toBeGreaterThanOrEqual(coverage.inside / coverage.leftOut);
      }),
    );
  });

  /** Share of fresh trainings at budgets between that lie in the interval, and the coverage that was reported. */
  function simulate(truth: Truth, deviation: number, runs: number) {
    const normal = noise(7);
    const random = seededRandom(11);
    let [held, tried, inside, leftOut, lines] = [0, 0, 0, 0, 0];
    for (let run = 0; run < runs; run++) {
      const found = fitErrorCurve(
        sixBudgets.map((bytes) => measured(bytes, truth, deviation * normal())),
        fixedBytes,
      );
      inside += found.coverage.inside;
      leftOut += found.coverage.leftOut;
      lines += found.curve.kind === 'line' ? 1 : 0;
      for (let k = 0; k < 4; k++) {
        const fresh = measured(budgetAt(random.below(1000) / 1000), truth, deviation * normal());
        const { error, reach } = errorAt(found.curve, fresh);
        held += Math.abs(fresh.error - error) <= reach ? 1 : 0;
        tried += 1;
      }
    }
    return { held: held / tried, reported: inside / leftOut, lines: lines / runs };
  }

  it('holds nine in ten fresh trainings in its interval, and reports as many', () => {
    const { held, reported, lines } = simulate(straight, 0.006, 1500);
    expect(lines).toBeGreaterThan(0.95);
    expect(held).toBeGreaterThan(0.87);
    expect(held).toBeLessThan(0.93);
    expect(Math.abs(reported - held)).toBeLessThan(0.03);
  });

  it('is no narrower than it says where the line does not hold', () => {
    const { held, reported, lines } = simulate(saturating, 0.006, 1500);
    expect(lines).toBeLessThan(0.1);
    expect(held).toBeGreaterThan(0.88);
    expect(reported).toBeGreaterThan(0.85);
  });

  it('reports the miss where an interval can not hold', () => {
    // A step that no curve through the others foretells.
    const points = sixBudgets.map((bytes, k) => ({ bytes, cost: 6 - k, error: 0.5 - 0.001 * k + (k === 3 ? 0.3 : 0) }));
    expect(fitErrorCurve(points, fixedBytes).coverage.inside).toBeLessThan(4);
  });
});

describe('what is predicted of a copy', () => {
  const points = sixBudgets.map((bytes) => ({ ...measured(bytes, straight, 0.01), budgetBytes: bytes, errors: [] }));
  const prediction: Prediction = {
    ...{ root: '', task: 'classification', policy: 'sensitivity', trainImages: 1, testImages: 1, tested: '' },
    ...{ seeds: 2, epochs: 1, engine: 'CPU', points, original: { bytes: 4e6, errors: [], error: 0.4 } },
    ...fitErrorCurve(points, fixedBytes),
  };

  it('is told within the budgets that were trained at alone', () => {
    const at = (bytes: number) => predictedAt(prediction, { bytes, cost: costAt(bytes) });
    const [least, most] = [sixBudgets[0] as number, sixBudgets[5] as number];
    expect([least - 1, least, most, most + 1].map((bytes) => at(bytes).place)).toEqual([
      'below',
      'within',
      'within',
      'above',
    ]);
    // Beyond, the nearest that was trained at: no line is drawn out.
    expect(at(least - 1e4).error).toBe(at(least).error);
    expect(at(most + 1e6).interval).toEqual(at(most).interval);
  });

  it('is a share', () => {
    const curve = {
      kind: 'points',
      fixedBytes,
      bytes: sixBudgets,
      error: sixBudgets.map(() => 0.01),
      reach: 0.1,
    } as const;
    const { interval } = predictedAt({ ...prediction, curve }, { bytes: 2.3e6, cost: 0 });
    expect(interval[0]).toBe(0);
    expect(interval[1]).toBeCloseTo(0.11, 10);
  });
});

describe('statistics of few', () => {
  it('knows the quantiles of Student’s t', () => {
    for (const [degrees, reach] of [
      [1, 6.314],
      [4, 2.132],
      [10, 1.812],
      [11, 1.796],
      [20, 1.725],
      [60, 1.671],
    ] as const)
      expect(studentReach(degrees)).toBeCloseTo(reach, 2);
  });

  it('knows Wilson’s interval of a share', () => {
    expect(wilson(5, 6).map((end) => Number(end.toFixed(3)))).toEqual([0.436, 0.97]);
    expect(wilson(4, 4)[1]).toBe(1);
    expect(wilson(0, 4)[0]).toBe(0);
  });
});
