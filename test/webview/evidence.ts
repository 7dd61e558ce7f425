/** A study and a proxy report of plausible shapes, for the fake host. */
import type { Cluster } from '../../src/protocol/analysis.ts';
import { proxyNames, type ProxyReport } from '../../src/protocol/proxies.ts';
import type { StudyQuality, StudyReport } from '../../src/protocol/study.ts';

const qualities: StudyQuality[] = [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 'original'];
const strength = (v: number) => Math.exp(-v / 3);

export function fakeStudy(clusters: readonly Cluster[]): StudyReport {
  const curve = (peak: number, width: number, best: number) =>
    qualities.map((_, v) => best - 0.25 * (1 - Math.exp(-(((v - peak) / width) ** 2))));
  const accuracy = [curve(1, 5, 0.5), curve(6, 5, 0.6), curve(12, 6, 0.66)].flat();
  return {
    root: '/home/ada/datasets/cifar-10-large',
    task: 'classification',
    ...{ trainImages: 8000, testImages: 2000, tested: 'the test split', seeds: 3, epochs: 12, side: 32 },
    engine: 'CPU',
    trained: [5, 50, 'original'],
    qualities,
    accuracy: Float32Array.from(accuracy),
    interval: Float32Array.from(accuracy, () => 0.02),
    regions: [
      { trained: 5, from: 1, to: 10, sure: true },
      { trained: 50, from: 20, to: 40, sure: false },
      { trained: 'original', from: 50, to: 'original', sure: true },
    ],
    curves: {
      groups: 50,
      sortedBy: 50,
      loss: Float32Array.from({ length: 50 * qualities.length }, (_, at) => {
        const [group, v] = [Math.floor(at / qualities.length), at % qualities.length];
        return 1 + ((group - 25) / 25) ** 3 * strength(v) * 2 + 0.4 * strength(v);
      }),
    },
    clusters: clusters.map((cluster, k) => ({
      ...cluster,
      meanSensitivity: Float32Array.from(qualities.slice(1), (_, v) => (k === 0 ? -0.5 : 0.5 * k) * strength(v)),
    })),
    topShare: 0.1,
    attribution: [
      { trained: 5, overlap: 0.168, interval: [0.162, 0.174] },
      { trained: 50, overlap: 0.19, interval: [0.184, 0.196] },
      { trained: 'original', overlap: 0.204, interval: [0.198, 0.21] },
    ],
  };
}

export const fakeProxies: ProxyReport = {
  proxies: proxyNames.map((name, k) => ({
    name,
    needsViews: name === 'firstOrder',
    rho: k / 14,
    rhoInterval: [k / 14 - 0.03, k / 14 + 0.03],
    areaUnderCurve: 0.5 + k / 30,
    calibrationSlope: name === 'class' ? NaN : 1.02,
    regret: [0.02, 0.012, 0.008, 0.001].map((own) => own * (1 - k / 20)),
  })),
  budgets: [0.2, 0.3, 0.4, 0.6],
  uniformRegret: [NaN, 0.021, 0.015, 0.003],
  measured: 800,
  rows: 8000,
  used: 'cheap',
};
