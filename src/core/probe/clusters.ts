import { kmeans } from 'ml-kmeans';
import type { Cluster } from '../../protocol/analysis.ts';
import { seededRandom, shuffle } from '../random.ts';
import type { SensitivityTable } from './sensitivity-table.ts';

/** K = 5 groups of sensitivity curves (Lee et al. 2025, section 4.3). */
export interface Clusters {
  /** Cluster of every row, P. */
  readonly cluster: Uint8Array;
  readonly names: readonly string[];
  readonly samples: Uint32Array;
  /** Mean loss on originals, nats. */
  readonly meanLoss: Float64Array;
  /** K × Q, nats. */
  readonly meanSensitivity: Float32Array;
}

const clusterCount = 5;
const restarts = 10;
/** Centroids are fitted to this many rows and all rows assigned to them: more changes no centroid visibly. */
const fittedRows = 5000;

export function clusterSensitivities(
  table: Pick<SensitivityTable, 'sample' | 'difference' | 'loss'>,
  qualities: number,
): Clusters {
  const rows = table.sample.length;
  const curve = (row: number) => Array.from(table.difference.subarray(row * qualities, (row + 1) * qualities));
  const chosen = shuffle(Uint32Array.from(table.sample.keys()), seededRandom(0)).subarray(0, fittedRows);
  const count = Math.min(clusterCount, chosen.length);
  const centroids = bestCentroids(Array.from(chosen, curve), count);
  const cluster = new Uint8Array(rows);
  const samples = new Uint32Array(count);
  const meanLoss = new Float64Array(count);
  const meanSensitivity = new Float32Array(count * qualities);
  for (let row = 0; row < rows; row++) {
    const own = curve(row);
    const distances = centroids.map((centroid) => squaredDistance(own, centroid));
    const nearest = distances.indexOf(Math.min(...distances));
    cluster[row] = nearest;
    samples[nearest] = (samples[nearest] as number) + 1;
    meanLoss[nearest] = (meanLoss[nearest] as number) + (table.loss[row] as number);
    own.forEach((value, q) => {
      meanSensitivity[nearest * qualities + q] = (meanSensitivity[nearest * qualities + q] as number) + value;
    });
  }
  for (let k = 0; k < count; k++) meanLoss[k] = (meanLoss[k] as number) / Math.max(1, samples[k] as number);
  meanSensitivity.forEach((sum, at) => {
    meanSensitivity[at] = sum / Math.max(1, samples[Math.floor(at / qualities)] as number);
  });
  const curves = Array.from({ length: count }, (_, k) => meanSensitivity.subarray(k * qualities, (k + 1) * qualities));
  return { cluster, names: nameClusters(curves, meanLoss), samples, meanLoss, meanSensitivity };
}

/** The clusters without their members, as they are shown. */
export const clusterList = ({ names, samples, meanLoss, meanSensitivity }: Clusters, qualities: number): Cluster[] =>
  names.map((name, k) => ({
    name,
    samples: samples[k] ?? 0,
    meanLoss: meanLoss[k] ?? NaN,
    meanSensitivity: meanSensitivity.slice(k * qualities, (k + 1) * qualities),
  }));

function bestCentroids(curves: number[][], count: number): number[][] {
  let best: { inertia: number; centroids: number[][] } | undefined;
  for (let seed = 0; seed < restarts; seed++) {
    const { centroids, clusters } = kmeans(curves, count, { initialization: 'kmeans++', seed });
    const inertia = clusters.reduce((sum, k, row) => sum + squaredDistance(curves[row] ?? [], centroids[k] ?? []), 0);
    if (best === undefined || inertia < best.inertia) best = { inertia, centroids };
  }
  return best?.centroids ?? [];
}

const squaredDistance = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, q) => sum + (value - (b[q] ?? 0)) ** 2, 0);

const names = {
  inverse: 'Inverse: clearer when compressed',
  fragile: 'Fragile',
  robust: 'Robust',
  late: 'Learned, breaks late',
  early: 'Learned, breaks early',
};

/** Share of the largest difference below which a cluster's mean counts as none. */
const negligible = 0.05;

/**
 * The names, given in this order: clearly negative at the lowest quality → inverse; of the rest the highest loss on originals
 * with a steep curve → fragile; the smallest mean difference → robust; the others by the quality at which their
 * loss begins to rise.
 */
export function nameClusters(curves: readonly Float32Array[], meanLoss: Float64Array): string[] {
  const largest = curves.reduce((most, curve) => Math.max(most, ...curve.map(Math.abs)), 0);
  const result: string[] = curves.map((curve) => ((curve[0] ?? 0) < -negligible * largest ? names.inverse : ''));
  const unnamed = () => [...result.keys()].filter((k) => result[k] === '');
  const mean = (k: number) => (curves[k]?.reduce((sum, value) => sum + value, 0) ?? 0) / (curves[k]?.length ?? 1);
  // The largest index at which the curve still stands above a tenth of its lowest-quality value.
  const onset = (k: number) => curves[k]?.findLastIndex((value) => value > 0.1 * (curves[k]?.[0] ?? 0)) ?? 0;
  const take = (name: string, score: (k: number) => number) => {
    const [first] = unnamed().sort((a, b) => score(b) - score(a));
    if (first !== undefined) result[first] = name;
  };
  take(names.fragile, (k) => (meanLoss[k] ?? 0) * Math.max(0, curves[k]?.[0] ?? 0));
  take(names.robust, (k) => -Math.abs(mean(k)));
  take(names.early, onset);
  for (const k of unnamed()) result[k] = names.late;
  return numberRepeats(result);
}

/** Tells clusters of one name apart: "Inverse …", "Inverse … (2)". */
function numberRepeats(labels: string[]): string[] {
  return labels.map((name, k) => {
    const before = labels.slice(0, k).filter((other) => other === name).length;
    return before === 0 ? name : `${name} (${before + 1})`;
  });
}
