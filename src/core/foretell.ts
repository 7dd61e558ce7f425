/** What signs say of samples that were not probed, and what a plan by them would cost. */
import type { ProxyName, ProxyReport } from '../protocol/proxies.ts';
import { planRegret, uniformRegret, type PricedRows } from './allocate/index.ts';
import {
  columnMeans,
  crossPredicted,
  evaluateProxies,
  fitPredictor,
  rowMeans,
  type CalibrationData,
  type Proxies,
  type SensitivityTable,
} from './probe/index.ts';

/** Budgets at which a plan by proxies is priced, as shares of the originals. */
const regretBudgets = [0.2, 0.3, 0.4, 0.6];

/** P′ rows whose sensitivities were measured. */
export interface Probed {
  readonly table: SensitivityTable;
  /** Drawn towards their class's mean, P′ × E. */
  readonly difference: Float32Array;
  readonly rows: PricedRows;
  readonly proxies: Proxies;
}

/** Samples that were not probed. */
export interface Rest extends CalibrationData<string> {
  readonly sample: Uint32Array;
  readonly loss: Float32Array;
}

const calibrationOf = ({ proxies, rows: { labels } }: Probed): CalibrationData => ({ proxies, labels });

/** How well each proxy foretells what was measured; `samples` is the number of all. */
export function judgeProxies(probed: Probed, samples: number): ProxyReport {
  const { rows, difference } = probed;
  return {
    proxies: evaluateProxies(calibrationOf(probed), difference, rows.encodings.length, (predicted) =>
      planRegret(rows, difference, predicted, regretBudgets),
    ),
    budgets: regretBudgets,
    uniformRegret: uniformRegret(rows, difference, regretBudgets),
    measured: rows.labels.length,
    rows: samples,
  };
}

/** Sensitivities of all samples: measured, or foretold by the best cheap proxy, with what it misses as their error. */
export function foretell(all: Uint32Array, probed: Probed, rest: Rest, report: ProxyReport) {
  const { table, difference, rows } = probed;
  const columns = rows.encodings.length;
  const used = bestCheap(report);
  const data = calibrationOf(probed);
  const predict = fitPredictor(used, data, difference, columns, Uint32Array.from(rows.labels.keys()));
  const foretold = predict(rest, Uint32Array.from(rest.sample.keys()));
  const miss = crossPredicted(used, data, difference, columns).map((own, at) => own - (difference[at] as number));
  const usual = columnMeans(
    miss.map((own) => own * own),
    columns,
  ).map(Math.sqrt);
  const means = rowMeans(miss, columns);
  const usualMean = Float32Array.of(Math.sqrt(means.reduce((sum, own) => sum + own * own, 0) / means.length));

  const measuredRow = new Map(Array.from(table.sample, (i, row) => [i, row]));
  const foretoldRow = new Map(Array.from(rest.sample, (i, row) => [i, row]));
  const merged = (measured: Float32Array, other: (row: number) => Float32Array, width: number) => {
    const out = new Float32Array(all.length * width);
    all.forEach((i, at) => {
      const row = measuredRow.get(i);
      const values =
        row === undefined ? other(foretoldRow.get(i) as number) : measured.subarray(row * width, (row + 1) * width);
      out.set(values, at * width);
    });
    return out;
  };
  const own = (row: number) => foretold.subarray(row * columns, (row + 1) * columns);
  return {
    table: {
      ...table,
      sample: all,
      loss: merged(table.loss, (row) => rest.loss.subarray(row, row + 1), 1),
      difference: merged(table.difference, own, columns),
      error: merged(table.error, () => usual, columns),
      meanError: merged(table.meanError, () => usualMean, 1),
      scored: Uint8Array.from(all, (i) => table.scored[measuredRow.get(i) ?? -1] ?? 0),
    },
    shrunk: merged(difference, own, columns),
    proxies: { ...report, used },
  };
}

/** The proxy that costs least, on average over the budgets, of those that need no compressed view. */
function bestCheap({ proxies }: ProxyReport): ProxyName {
  const regretOf = ({ regret }: ProxyReport['proxies'][number]) => {
    const priced = regret.filter((own) => !Number.isNaN(own));
    return priced.reduce((sum, own) => sum + own, 0) / priced.length;
  };
  const [best] = proxies.filter(({ needsViews }) => !needsViews).sort((a, b) => regretOf(a) - regretOf(b));
  return best?.name ?? 'class';
}
