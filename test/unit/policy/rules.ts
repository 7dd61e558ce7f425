import * as rule from '../../../src/core/policy/index.ts';
import { bytesAt, type DrawnRows } from './rows.ts';

type Rule = (rows: DrawnRows, budgetBytes: number) => Uint8Array;

/** A plan that fits: stands in for the frontier's, which is tested elsewhere. */
export function planned(rows: DrawnRows, budgetBytes: number): Uint8Array {
  const chosen = rule.fitting(rows, rule.threshold(rows, budgetBytes), budgetBytes);
  const left = new Map<number, number>();
  rows.labels.forEach((label, row) => left.set(label, (left.get(label) ?? 0) + (chosen[row] === 0 ? 0 : 1)));
  rows.order.forEach((row, at) => {
    const label = rows.labels[row] as number;
    const kept = left.get(label) ?? 0;
    const mayGo = chosen[row] !== 0 && bytesAt(rows, row, 0) === 0 && kept > (rows.leastKept.get(label) ?? 0);
    if (at % 9 !== 8 || at <= 20 || !mayGo) return;
    chosen[row] = 0;
    left.set(label, kept - 1);
  });
  return chosen;
}

const unlimited: Readonly<Record<string, Rule>> = {
  uniform: rule.uniform,
  drop: rule.drop,
  'random-quality': (rows, budget) => rule.randomQuality(rows, budget, 3),
  'el2n-drop': rule.el2nDrop,
  'ccs-drop': rule.ccsDrop,
  perceptual: rule.perceptual,
  threshold: rule.threshold,
  law: (rows, budget) => rule.law({ ...rows, images: Math.ceil(0.6 * rows.labels.length) }, budget),
  'law of few images': (rows, budget) => rule.law({ ...rows, images: 1 }, budget),
  grid: (rows, budget) => rule.grid({ ...rows, quality: 20 }, budget),
  'grid of originals': (rows, budget) => rule.grid({ ...rows, quality: 'original' }, budget),
  shuffled: (rows, budget) => rule.shuffled({ ...rows, planned: planned(rows, budget) }, 3),
  sensitivity: (rows, budget) => rule.sensitivity({ ...rows, planned: planned(rows, budget) }, 0, 3),
  'sensitivity, diverse': (rows, budget) => rule.sensitivity({ ...rows, planned: planned(rows, budget) }, 0.4, 3),
};

/** Every rule as plans take it. */
export const rules: Readonly<Record<string, Rule>> = Object.fromEntries(
  Object.entries(unlimited).map(([name, choose]) => [
    name,
    (rows: DrawnRows, budget: number) => rule.fitting(rows, choose(rows, budget), budget),
  ]),
);
