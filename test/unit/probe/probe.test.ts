import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameClusters } from '../../../src/core/probe/clusters.ts';
import { stratifiedFolds, stratifiedShare } from '../../../src/core/probe/folds.ts';
import { clusterSensitivities, shrink, type SensitivityTable } from '../../../src/core/probe/index.ts';

const labelsArbitrary = fc
  .array(fc.integer({ min: 0, max: 6 }), { minLength: 4, maxLength: 200 })
  .map((labels) => Int32Array.from(labels));

describe('folds', () => {
  it('hold every class as evenly as can be, and the same rows for the same seed', () => {
    fc.assert(
      fc.property(labelsArbitrary, fc.integer({ min: 2, max: 5 }), fc.nat(1000), (labels, folds, seed) => {
        const fold = stratifiedFolds(labels, folds, seed);
        expect(stratifiedFolds(labels, folds, seed)).toEqual(fold);
        const count = (keep: (row: number) => boolean) =>
          Array.from({ length: folds }, (_, k) => fold.filter((own, row) => own === k && keep(row)).length);
        for (const counts of [count(() => true), ...[...new Set(labels)].map((c) => count((row) => labels[row] === c))])
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('are halved class by class', () => {
    fc.assert(
      fc.property(labelsArbitrary, (labels) => {
        const rows = Uint32Array.from(labels.keys());
        const half = stratifiedShare(rows, labels, { share: 0.5, seed: 1 });
        expect(new Set(half).size).toBe(half.length);
        for (const label of new Set(labels)) {
          const own = (from: Uint32Array) => from.filter((row) => labels[row] === label).length;
          expect(own(half)).toBe(Math.ceil(own(rows) / 2));
        }
      }),
    );
  });
});

/** Normal draws (Box & Muller) that are the same every time. */
function normals(): () => number {
  let state = 7;
  const uniform = () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) + 1) / 2 ** 32;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Two classes with planted true sensitivities, measured by two seeds with noise. */
function plantedTable(rows: number, signal: readonly [number, number], noise: number) {
  const draw = normals();
  const labels = Int32Array.from({ length: rows }, (_, row) => row % 2);
  const truth = Float32Array.from(labels, (label) => label + (signal[label] ?? 0) * draw());
  const difference = new Float32Array(rows);
  const error = new Float32Array(rows);
  truth.forEach((value, row) => {
    const [a, b] = [value + noise * draw(), value + noise * draw()];
    difference[row] = (a + b) / 2;
    error[row] = Math.abs(a - b) / 2;
  });
  const table: SensitivityTable = {
    sample: Uint32Array.from(labels.keys()),
    loss: new Float32Array(rows),
    difference,
    error,
    meanError: error,
    scored: new Uint8Array(rows).fill(2),
    accuracy: 1,
    dataExponent: 0.3,
    engine: 'test',
  };
  return { table, labels, truth };
}

const meanSquare = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, at) => sum + (value - (b[at] as number)) ** 2, 0) / a.length;

describe('shrinkage', () => {
  it('brings noisy measurements nearer to the planted truth', () => {
    const { table, labels, truth } = plantedTable(10_000, [0.5, 0.5], 1);
    const { difference, reliability } = shrink(table, labels, 1);
    // Signal variance 0.25, error variance 0.5: a third of what is seen is signal.
    expect(reliability[0]).toBeCloseTo(1 / 3, 1);
    expect(meanSquare(difference, truth)).toBeLessThan(0.5 * meanSquare(table.difference, truth));
  });

  it('weighs each class by its own signal', () => {
    const { table, labels, truth } = plantedTable(1000, [0, 2], 1);
    const { difference } = shrink(table, labels, 1);
    const spreadOf = (label: number) => {
      const own = difference.filter((_, row) => labels[row] === label);
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
      return Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length);
    };
    expect(spreadOf(0)).toBeLessThan(0.2);
    expect(spreadOf(1)).toBeGreaterThan(1.5);
    expect(meanSquare(difference, truth)).toBeLessThan(meanSquare(table.difference, truth));
  });

  it('keeps the mean of every class', () => {
    const { table, labels } = plantedTable(200, [1, 1], 1);
    const { difference } = shrink(table, labels, 1);
    for (const label of [0, 1]) {
      const sum = (values: Float32Array) => values.reduce((all, v, row) => all + (labels[row] === label ? v : 0), 0);
      expect(sum(difference)).toBeCloseTo(sum(table.difference), 2);
    }
  });
});

describe('clusters', () => {
  const planted: Record<string, readonly number[]> = {
    'Inverse: clearer when compressed': [-1, -0.5, 0],
    Fragile: [6, 4, 2],
    Robust: [0.05, 0, 0],
    'Learned, breaks late': [2, 0, 0],
    'Learned, breaks early': [2, 1.8, 1.5],
  };

  it('are the planted ones, with their names', () => {
    const draw = normals();
    const names = Object.keys(planted);
    const rows = 500;
    const truth = Array.from({ length: rows }, (_, row) => names[row % names.length] ?? '');
    const difference = Float32Array.from(
      truth.flatMap((name) => (planted[name] ?? []).map((value) => value + 0.05 * draw())),
    );
    const table: SensitivityTable = {
      sample: Uint32Array.from(truth.keys()),
      loss: Float32Array.from(truth, (name) => (name === 'Fragile' ? 1.5 : 0.2)),
      difference,
      error: new Float32Array(difference.length),
      meanError: new Float32Array(rows),
      scored: new Uint8Array(rows).fill(2),
      accuracy: 1,
      dataExponent: 0.3,
      engine: 'test',
    };
    const { cluster, names: found, samples } = clusterSensitivities(table, 3);
    expect(Array.from(cluster, (k) => found[k])).toEqual(truth);
    expect([...samples]).toEqual([100, 100, 100, 100, 100]);
  });

  it('do not call a robust one inverse for a hair', () => {
    const curves = [Float32Array.of(-0.01, 0), Float32Array.of(3, 1)];
    expect(nameClusters(curves, Float64Array.of(0.5, 0.5))).toEqual(['Robust', 'Fragile']);
  });
});
