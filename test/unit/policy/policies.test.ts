import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as rule from '../../../src/core/policy/index.ts';
import { seededRandom } from '../../../src/core/random.ts';
import {
  allOriginals,
  bytesAt,
  bytesOf,
  drawnRows,
  drawRows,
  histogram,
  leastBytes,
  options,
  qualities,
} from './rows.ts';
import { planned, rules } from './rules.ts';

/** They follow another allocation, and need use no more than that. */
const followers = ['shuffled', 'sensitivity', 'sensitivity, diverse'];
const shares = [0.04, 0.1, 0.25, 0.4, 0.55, 0.7, 0.9, 1];

describe.each(Object.entries(rules))('%s', (name, choose) => {
  it('never exceeds a budget, takes only what is offered, and says the same again', () => {
    fc.assert(
      fc.property(drawnRows, fc.double({ min: 0, max: 1.1, noNaN: true }), (rows, share) => {
        const [least, all] = [leastBytes(rows), allOriginals(rows)];
        const budget = Math.floor(least + share * (all - least));
        const chosen = choose(rows, budget);
        expect(bytesOf(rows, chosen)).toBeLessThanOrEqual(budget);
        expect(choose(rows, budget)).toEqual(chosen);
      }),
      { numRuns: 60 },
    );
  });

  it.each(shares)('leaves less than half a hundredth of a budget of %d of all', (share) => {
    const rows = drawRows(1000, 5, 11);
    const budget = Math.floor(share * allOriginals(rows));
    const chosen = choose(rows, budget);
    const aim = followers.includes(name) ? bytesOf(rows, planned(rows, budget)) : budget;
    expect(bytesOf(rows, chosen)).toBeGreaterThan(0.995 * aim);
  });

  it('keeps every class alive where one image of each fits', () => {
    const rows = drawRows(400, 6, 5);
    const budget = 0.05 * allOriginals(rows);
    const chosen = choose(rows, budget);
    const alive = new Set([...chosen.keys()].filter((row) => chosen[row] !== 0).map((row) => rows.labels[row]));
    expect(alive.size).toBe(6);
  });
});

describe('the rules', () => {
  const rows = drawRows(600, 4, 7);
  const all = allOriginals(rows);
  const at = (share: number) => Math.floor(share * all);
  /** As JPEG, or the original where that takes no more bytes or has no more quality. */
  const asWished = (row: number, level: number) =>
    level > 0 && !(bytesAt(rows, row, level) < bytesAt(rows, row, options - 1)) ? options - 1 : level;
  const kept = (chosen: Uint8Array) => [...chosen.keys()].filter((row) => chosen[row] !== 0);

  it('of uniform: two neighbouring qualities', () => {
    for (const share of [0.2, 0.35, 0.5]) {
      const chosen = rule.uniform(rows, at(share));
      const free = [...chosen.keys()].filter((row) => asWished(row, chosen[row] ?? 0) !== options - 1);
      const levels = new Set(free.map((row) => chosen[row] ?? NaN));
      expect(Math.max(...levels) - Math.min(...levels)).toBeLessThanOrEqual(1);
    }
  });

  it('of drop: nothing but originals, classes in proportion', () => {
    const chosen = rule.drop(rows, at(0.3));
    expect(new Set(chosen)).toEqual(new Set([0, options - 1]));
    for (const label of [0, 1, 2, 3]) {
      const own = [...rows.labels.keys()].filter((row) => rows.labels[row] === label);
      expect(own.filter((row) => chosen[row] !== 0).length / own.length).toBeCloseTo(kept(chosen).length / 600, 1);
    }
  });

  it('of EL2N: the hardest', () => {
    const chosen = rule.el2nDrop(rows, at(0.3));
    const scores = kept(chosen).map((row) => rows.el2n[row] ?? NaN);
    const dropped = [...chosen.keys()].filter((row) => chosen[row] === 0).map((row) => rows.el2n[row] ?? NaN);
    const below = scores.filter((score) => score < Math.max(...dropped));
    // One that still fitted at the end, at most a few.
    expect(below.length).toBeLessThan(6);
  });

  it('of the coreset: not the hardest tenth, and evenly from easy to hard', () => {
    const skewed = { ...rows, el2n: rows.el2n.map((score) => score ** 3) };
    const chosen = rule.ccsDrop(skewed, at(0.15));
    const cut = skewed.el2n.toSorted()[540] ?? NaN;
    const scores = kept(chosen).map((row) => skewed.el2n[row] ?? NaN);
    expect(scores.filter((score) => score >= cut).length).toBeLessThanOrEqual(4);
    const low = scores.filter((score) => score < cut / 2).length;
    // Of all rows 79 % lie in the lower half of the scores.
    expect(low / scores.length).toBeLessThan(0.65);
    expect(kept(rule.ccsDrop(skewed, all)).length).toBe(600);
  });

  it('of random qualities: drawn evenly between the lowest and a solved end, then between another and the highest', () => {
    const free = [...rows.labels.keys()].filter((row) => [1, 2, 3, 4].every((level) => asWished(row, level) === level));
    const counts = (share: number) => {
      const chosen = rule.randomQuality(rows, at(share), 3);
      return [1, 2, 3, 4].map((level) => free.filter((row) => chosen[row] === level).length / free.length);
    };
    const low = counts(0.25);
    expect(low[3]).toBe(0);
    expect(low[0]).toBeGreaterThan(0.3);
    const high = counts(0.5);
    expect(high[0]).toBeLessThan(0.02);
    expect(high[3]).toBeGreaterThan(0.3);
    expect(rule.randomQuality(rows, at(0.25), 4)).not.toEqual(rule.randomQuality(rows, at(0.25), 3));
  });

  it('of SSIM: one target that all reach at their lowest quality, or can not', () => {
    const chosen = rule.perceptual(rows, at(0.35));
    const free = kept(chosen).filter((row) => [1, 2, 3, 4].every((level) => asWished(row, level) === level));
    const ssim = (row: number, level: number) => rows.similarity[row * qualities.length + level - 1] ?? NaN;
    const own = free.filter((row) => (chosen[row] ?? 0) < 4).map((row) => ssim(row, chosen[row] ?? 0));
    const before = free.filter((row) => (chosen[row] ?? 0) > 1).map((row) => ssim(row, (chosen[row] ?? 0) - 1));
    // All but the one or two that took what was left.
    const target = Math.min(...own);
    expect(before.filter((value) => value >= target).length).toBeLessThan(4);
  });

  it('of the threshold: losses above the mean get no lower quality than the others', () => {
    const mean = rows.loss.reduce((sum, own) => sum + own, 0) / 600;
    for (const share of [0.2, 0.35, 0.5]) {
      const chosen = rule.threshold(rows, at(share));
      const free = kept(chosen).filter((row) => [1, 2, 3, 4].every((level) => asWished(row, level) === level));
      const of = (above: boolean) =>
        free.filter((row) => (rows.loss[row] ?? 0) > mean === above).map((row) => chosen[row] ?? 0);
      expect(Math.min(...of(true))).toBeGreaterThanOrEqual(Math.max(...of(false)));
      expect(new Set([...of(true), ...of(false)]).size).toBeLessThanOrEqual(3);
    }
  });

  it('of the law: n* images of the order at L* bytes', () => {
    const chosen = rule.law({ ...rows, images: 250 }, at(0.2));
    expect(new Set(kept(chosen))).toEqual(new Set(rows.order.subarray(0, 250)));
    expect(bytesOf(rows, chosen) / 250).toBeCloseTo(at(0.2) / 250, -1);
    const few = rule.law({ ...rows, images: 600 }, at(0.05));
    expect(kept(few).length).toBeLessThan(600);
    expect(histogram(few)[2]).toBe(0);
    const rich = rule.law({ ...rows, images: 100 }, at(0.8));
    expect(kept(rich).length).toBeGreaterThan(100);
  });

  it('of the grid: as many images of the order as fit at its quality', () => {
    const chosen = rule.grid({ ...rows, quality: 50 }, at(0.2));
    expect(kept(chosen).every((row) => chosen[row] === asWished(row, 3))).toBe(true);
    const first = rows.order.subarray(0, kept(chosen).length - 5);
    expect(first.every((row) => chosen[row] !== 0)).toBe(true);
    expect(rule.grid({ ...rows, quality: 5 }, at(0.5))).toEqual(rule.uniform(rows, at(0.5)));
  });
});

describe('shuffled', () => {
  const rows = drawRows(800, 4, 9);
  const budget = Math.floor(0.35 * allOriginals(rows));

  it('deals the same options to other rows, near the same bytes, even where options went by size', () => {
    const random = seededRandom(1);
    const bySize = Uint8Array.from(rows.labels, (_, row) => {
      const own = bytesAt(rows, row, 1) * (random.below(3) === 0 ? random.below(4) : 1);
      return own > 250 ? 1 : own > 150 ? 2 : 3;
    });
    for (const plan of [planned(rows, budget), bySize]) {
      const chosen = rule.shuffled({ ...rows, planned: plan }, 3);
      expect(histogram(chosen)).toEqual(histogram(plan));
      const moved = [...chosen.keys()].filter((row) => chosen[row] !== plan[row]).length;
      expect(moved).toBeGreaterThan(200);
      expect(bytesOf(rows, chosen)).toBeLessThanOrEqual(bytesOf(rows, plan));
      expect(bytesOf(rows, chosen)).toBeGreaterThan(0.995 * bytesOf(rows, plan));
    }
  });

  it('knows nothing of the losses that the plan went by', () => {
    const plan = rule.threshold(rows, budget);
    const chosen = rule.shuffled({ ...rows, planned: plan }, 3);
    const mean = (own: Uint8Array, hard: boolean) => {
      const some = [...own.keys()].filter((row) => (rows.loss[row] ?? 0) > 0.5 === hard);
      return some.reduce((sum, row) => sum + (own[row] ?? 0), 0) / some.length;
    };
    expect(mean(plan, true) - mean(plan, false)).toBeGreaterThan(1);
    expect(Math.abs(mean(chosen, true) - mean(chosen, false))).toBeLessThan(0.35);
  });

  it('never drops the last of a class', () => {
    const random = seededRandom(1);
    for (let round = 0; round < 20; round++) {
      const small = drawRows(40, 8, round);
      const plan = Uint8Array.from(small.labels, (_, row) => (row < 8 ? 3 : random.below(2)));
      const chosen = rule.shuffled({ ...small, planned: plan }, round);
      const alive = [...chosen.keys()].filter((row) => chosen[row] !== 0).map((row) => small.labels[row]);
      expect(new Set(alive).size).toBe(8);
    }
  });
});

describe('diversity', () => {
  const rows = drawRows(800, 4, 13);
  const budget = Math.floor(0.35 * allOriginals(rows));
  const plan = planned(rows, budget);
  const changed = (diversity: number) => {
    const chosen = rule.sensitivity({ ...rows, planned: plan }, diversity, 3);
    return [...chosen.keys()].filter((row) => chosen[row] !== plan[row]).length;
  };

  it('of 0 is the plan itself, and moves more files the larger it is, at the same bytes', () => {
    expect(changed(0)).toBe(0);
    expect(changed(0.2)).toBeGreaterThan(0);
    expect(changed(0.2)).toBeLessThanOrEqual(160);
    expect(changed(0.8)).toBeGreaterThan(changed(0.2));
  });

  it('of 1 is random quality', () => {
    const chosen = rule.sensitivity({ ...rows, planned: plan }, 1, 3);
    expect(
      histogram(chosen)
        .slice(1, 5)
        .every((count) => count > 0),
    ).toBe(true);
    expect(histogram(chosen)[0]).toBe(0);
  });
});
