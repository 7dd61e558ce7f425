/** Predicts sensitivities from proxies, and says how well. */
import { Matrix, solve } from 'ml-matrix';
import { cheapProxies, viewProxies, type ProxyEvaluation, type ProxyName } from '../../protocol/proxies.ts';
import { stratifiedFolds } from './folds.ts';
import { rowMeans } from './means.ts';
import { areaUnderCurve, meanOf, pearson, spearman } from './ranking.ts';

/** Values of P × 1, or P × Q where a proxy looks at a quality. */
export type Proxies = Readonly<Record<Exclude<ProxyName, CombinedName>, Float32Array>>;
type CombinedName = 'class' | 'cheap' | 'all';

/** What is known of P rows. */
export interface CalibrationData<K extends string = keyof Proxies> {
  readonly proxies: Readonly<Record<K, Float32Array>>;
  /** Class of every row. */
  readonly labels: Int32Array;
}

/** The proxies behind each name; the combined ones, and the class alone as their control, know a row's class. */
const parts: Readonly<Record<ProxyName, readonly (keyof Proxies)[]>> = {
  ...(Object.fromEntries([...cheapProxies, ...viewProxies].map((name) => [name, [name]])) as unknown as Record<
    keyof Proxies,
    readonly (keyof Proxies)[]
  >),
  class: [],
  cheap: cheapProxies,
  all: [...cheapProxies, ...viewProxies],
};
const knowsClass = (name: ProxyName) => name === 'class' || name === 'cheap' || name === 'all';

const folds = 5;
/** Of the ridge, in rows: standardised features as if so many more had been seen at 0. */
const ridge = 10;
/** A class's mean counts for as much as the mean of all when the class has this many rows. */
const pooledRows = 10;

/** Predicts P′ × Q differences of rows that need no measured ones. */
export type Predictor = (data: CalibrationData<string>, rows: Uint32Array) => Float32Array;

/** A linear fit at every quality to the rows' differences (P × Q), with the ridge's penalty (Hoerl & Kennard 1970). */
export function fitPredictor(
  name: ProxyName,
  data: CalibrationData,
  difference: Float32Array,
  qualities: number,
  rows: Uint32Array,
): Predictor {
  const names = parts[name];
  const fits = Array.from({ length: qualities }, (_, q) => {
    const y = Float64Array.from(rows, (row) => difference[row * qualities + q] as number);
    const classMean = knowsClass(name) ? classMeans(data.labels, rows, y) : undefined;
    const columns = columnsOf(data, rows, q, qualities, names, classMean);
    const scales = columns.map((column) => ({ mean: meanOf(column), deviation: deviationOf(column) }));
    const x = columns.map((column, k) => standardised(column, scales[k]));
    const mean = meanOf(y);
    const weights = ridgeWeights(
      x,
      y.map((value) => value - mean),
    );
    return { mean, classMean, scales, weights };
  });
  return (other, wanted) => {
    const predicted = new Float32Array(wanted.length * qualities);
    fits.forEach(({ mean, classMean, scales, weights }, q) => {
      const columns = columnsOf(other, wanted, q, qualities, names, classMean);
      columns.forEach((column, k) => {
        columns[k] = standardised(column, scales[k]);
      });
      for (let at = 0; at < wanted.length; at++)
        predicted[at * qualities + q] =
          mean + weights.reduce((sum, weight, k) => sum + weight * (columns[k]?.[at] as number), 0);
    });
    return predicted;
  };
}

/**
 * Rows predicted, each by a fit that never saw it, P × Q: what a proxy may claim of new rows.
 */
export function crossPredicted(
  name: ProxyName,
  data: CalibrationData,
  difference: Float32Array,
  qualities: number,
): Float32Array {
  const all = Uint32Array.from(data.labels.keys());
  const foldOf = stratifiedFolds(data.labels, folds, 0);
  const predicted = new Float32Array(difference.length);
  for (let fold = 0; fold < folds; fold++) {
    const held = all.filter((row) => foldOf[row] === fold);
    const seen = all.filter((row) => foldOf[row] !== fold);
    const values = fitPredictor(name, data, difference, qualities, seen)(data, held);
    held.forEach((row, at) => {
      predicted.set(values.subarray(at * qualities, (at + 1) * qualities), row * qualities);
    });
  }
  return predicted;
}

/** How each proxy foretells measured differences; `regretOf` prices the plan that a prediction (P × Q) leads to. */
export function evaluateProxies(
  data: CalibrationData,
  difference: Float32Array,
  qualities: number,
  regretOf: (predicted: Float32Array) => readonly number[],
): ProxyEvaluation[] {
  const truth = rowMeans(difference, qualities);
  const bound = truth.toSorted()[Math.floor(0.8 * truth.length)] as number;
  const top = Array.from(truth, (value) => value >= bound);
  return (Object.keys(parts) as ProxyName[]).map((name) => {
    const predicted = crossPredicted(name, data, difference, qualities);
    const foretold = rowMeans(predicted, qualities);
    const [only] = parts[name];
    const score =
      knowsClass(name) || !only ? foretold : rowMeans(data.proxies[only], data.proxies[only].length / truth.length);
    const rho = spearman(score, truth);
    // Fisher's z with the variance of ranks (Fieller, Hartley & Pearson 1957).
    const half = 1.96 * Math.sqrt(1.06 / Math.max(1, truth.length - 3));
    return {
      name,
      needsViews: parts[name].some((part) => (viewProxies as readonly string[]).includes(part)),
      rho,
      rhoInterval: [Math.tanh(Math.atanh(rho) - half), Math.tanh(Math.atanh(rho) + half)],
      areaUnderCurve: areaUnderCurve(score, top),
      calibrationSlope: slope(foretold, truth),
      regret: regretOf(predicted),
    };
  });
}

function columnsOf(
  { proxies, labels }: CalibrationData<string>,
  rows: Uint32Array,
  q: number,
  qualities: number,
  names: readonly string[],
  classMean: ((label: number) => number) | undefined,
): Float64Array[] {
  const columns = names.map((name) => {
    const values = proxies[name];
    if (values === undefined) throw new RangeError(`Expected the proxy ${name} of every row but it was not measured`);
    const perQuality = values.length > labels.length;
    return Float64Array.from(rows, (row) => values[perQuality ? row * qualities + q : row] as number);
  });
  return classMean ? [...columns, Float64Array.from(rows, (row) => classMean(labels[row] as number))] : columns;
}

function classMeans(labels: Int32Array, rows: Uint32Array, y: Float64Array): (label: number) => number {
  const mean = meanOf(y);
  const sums = new Map<number, { sum: number; count: number }>();
  rows.forEach((row, at) => {
    const own = sums.get(labels[row] as number) ?? { sum: 0, count: 0 };
    sums.set(labels[row] as number, { sum: own.sum + (y[at] as number), count: own.count + 1 });
  });
  return (label) => {
    const { sum, count } = sums.get(label) ?? { sum: 0, count: 0 };
    return (sum + pooledRows * mean) / (count + pooledRows);
  };
}

function ridgeWeights(x: readonly Float64Array[], y: Float64Array): number[] {
  if (x.length === 0) return [];
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);
  const gram = new Matrix(x.map((a, i) => x.map((b, j) => dot(a, b) + (i === j ? ridge : 0))));
  return solve(gram, Matrix.columnVector(x.map((column) => dot(column, y)))).to1DArray();
}

interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

const standardised = (column: Float64Array, { mean, deviation }: Scale = { mean: 0, deviation: 1 }) =>
  column.map((value) => (deviation > 0 ? (value - mean) / deviation : 0));

function deviationOf(values: Float64Array): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
}

/** Of the regression of what was measured on what was foretold: 1 where predictions are neither too bold nor too timid. */
function slope(foretold: Float64Array, truth: Float64Array): number {
  const spread = deviationOf(foretold);
  return spread === 0 ? NaN : (pearson(foretold, truth) * deviationOf(truth)) / spread;
}
