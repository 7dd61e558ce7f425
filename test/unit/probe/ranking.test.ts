import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaUnderCurve, midRanks, spearman } from '../../../src/core/probe/ranking.ts';

const values = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 3, maxLength: 30 });

describe('ranks', () => {
  it('share the middle where values are equal', () => {
    expect([...midRanks([3, 1, 3, 2])]).toEqual([3.5, 1, 3.5, 2]);
  });

  it('count how many values are smaller, equal ones half', () => {
    fc.assert(
      fc.property(values, (list) => {
        midRanks(list).forEach((rank, at) => {
          const smaller = list.filter((value) => value < (list[at] as number)).length;
          const equal = list.filter((value) => value === list[at]).length;
          expect(rank).toBe(smaller + (equal + 1) / 2);
        });
      }),
    );
  });

  it('correlate the same after any growing change, and inversely after a falling one', () => {
    fc.assert(
      fc.property(values, (list) => {
        fc.pre(new Set(list).size > 1);
        expect(
          spearman(
            list,
            list.map((value) => Math.exp(value)),
          ),
        ).toBeCloseTo(1, 10);
        expect(
          spearman(
            list,
            list.map((value) => -(value ** 3)),
          ),
        ).toBeCloseTo(-1, 10);
      }),
    );
  });
});

it('the area under the curve is the share of pairs in the right order', () => {
  const pairs = fc.array(fc.record({ score: fc.integer({ min: 0, max: 6 }), positive: fc.boolean() }), {
    minLength: 2,
  });
  fc.assert(
    fc.property(pairs, (list) => {
      const [yes, no] = [list.filter(({ positive }) => positive), list.filter(({ positive }) => !positive)];
      fc.pre(yes.length > 0 && no.length > 0);
      let right = 0;
      for (const a of yes) for (const b of no) right += a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0;
      const area = areaUnderCurve(
        list.map(({ score }) => score),
        list.map(({ positive }) => positive),
      );
      expect(area).toBeCloseTo(right / (yes.length * no.length), 10);
    }),
  );
});
