import { describe, expect, it } from 'vitest';
import type { StageProgress } from '../../../src/protocol/analysis.ts';
import { timeLeft } from '../../../src/worker/time-left.ts';

/** Reports at these seconds, and what is told of the time left at each. */
function told(reports: readonly (readonly [second: number, done: number, stage?: StageProgress['stage']])[]) {
  let second = 0;
  const left = timeLeft(() => second * 1000);
  return reports.map(([at, done, stage = 'sweep']) => {
    second = at;
    return left({ stage, done, total: 1000, unit: 'steps' });
  });
}

describe('the time left', () => {
  it('is told after a few seconds, by the pace since', () => {
    const steady = Array.from({ length: 11 }, (_, k) => [k, 10 * k] as const);
    const left = told(steady);
    expect(left.slice(0, 5)).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(left.at(-1)).toBeCloseTo(90, 6);
  });

  it('follows a pace that changes, within a minute', () => {
    const slow = Array.from({ length: 100 }, (_, k) => [k, k] as const);
    const fast = Array.from({ length: 70 }, (_, k) => [100 + k, 100 + 5 * k] as const);
    expect(told([...slow, ...fast]).at(-1)).toBeCloseTo((1000 - 445) / 5, 0);
  });

  it('does not take what was stored for a pace', () => {
    const left = told([
      [0, 0],
      [0.05, 400],
      [0.1, 800],
      [2, 802],
      [10, 810],
    ]);
    expect(left.at(-1)).toBeCloseTo((190 * 9.9) / 10, 6);
  });

  it('starts anew with a stage, and is nothing at its end or when nothing moves', () => {
    const left = told([
      [0, 0],
      [10, 100],
      [20, 0, 'write'],
      [21, 10, 'write'],
      [30, 1000, 'write'],
    ]);
    expect(left[1]).toBeCloseTo(90, 6);
    expect(left.slice(2)).toEqual([undefined, undefined, undefined]);
    expect(
      told([
        [0, 5],
        [30, 5],
      ]).at(-1),
    ).toBeUndefined();
  });
});
