import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guardFiles, guardReason, leastKept, mayHave } from '../../../src/core/guard/index.ts';

const paths = [
  'cat/1.png',
  'cat/2.jpg',
  'faces/old/3.jpg',
  'faces/4.jpg',
  'dog/.hidden/5.PNG',
  'dog/[6].jpg',
  'dog/a=b.jpg',
];
const guard = (protect: string[], floors: Readonly<Record<string, number>> = {}) =>
  guardFiles(
    { length: paths.length, at: (i) => paths[i] ?? '' },
    { protect, floors: Object.entries(floors).map(([glob, quality]) => ({ glob, quality })) },
  );
const protectedBy = (glob: string) => {
  const guards = guard([glob]);
  return paths.filter((_, i) => !mayHave(guards, i, 'drop'));
};

describe('globs', () => {
  it.each([
    ['*.png', ['cat/1.png']],
    ['*.{png,PNG}', ['cat/1.png', 'dog/.hidden/5.PNG']],
    ['faces/**', ['faces/old/3.jpg', 'faces/4.jpg']],
    ['faces/*', ['faces/4.jpg']],
    ['**/old/*.jpg', ['faces/old/3.jpg']],
    ['cat/[12].*', ['cat/1.png', 'cat/2.jpg']],
    ['dog/\\[6\\].jpg', ['dog/[6].jpg']],
    ['dog/**', ['dog/.hidden/5.PNG', 'dog/[6].jpg', 'dog/a=b.jpg']],
    ['**', paths],
  ])('%s', (glob, matched) => {
    expect(protectedBy(glob)).toEqual(matched);
  });

  it('that match nothing are told, the others not', () => {
    const { problems } = guard(['faces', '*.png', '/cat/*'], { 'faces/**': 60, 'birds/**': 70 });
    expect(problems.map(({ path, code }) => `${path} ${code}`)).toEqual([
      'faces unmatched',
      '/cat/* unmatched',
      'birds/** unmatched',
    ]);
    expect(problems[0]?.reason).toMatch(/guards no image.*"folder\/\*\*"/);
  });

  it('are told even where another one guards the same files more strictly', () => {
    expect(guard(['**'], { 'faces/**': 60 }).problems).toEqual([]);
  });
});

describe('floors', () => {
  it('of which the highest counts, and protection before all', () => {
    const guards = guard(['*.png'], { '**': 30, 'faces/**': 60, '*.jpg': 40 });
    const lowest = (i: number) => [10, 30, 40, 60, 100].find((quality) => mayHave(guards, i, quality));
    expect(paths.map((_, i) => lowest(i))).toEqual([undefined, 40, 60, 60, 30, 40, 40]);
    expect(paths.map((_, i) => guardReason(guards, i))).toEqual([
      'protected by *.png: kept unchanged',
      'at least quality 40 by the floor of *.jpg',
      'at least quality 60 by the floor of faces/**',
      'at least quality 60 by the floor of faces/**',
      'at least quality 30 by the floor of **',
      'at least quality 40 by the floor of *.jpg',
      'at least quality 40 by the floor of *.jpg',
    ]);
    expect(paths.map((_, i) => mayHave(guards, i, 'drop'))).toEqual([false, ...Array<boolean>(6).fill(true)]);
  });

  it('are none where nothing guards', () => {
    const guards = guard([]);
    expect(guards.problems).toEqual([]);
    expect(paths.map((_, i) => [guardReason(guards, i), mayHave(guards, i, 1)])).toEqual(
      paths.map(() => [undefined, true]),
    );
  });
});

describe('classes', () => {
  it('lose at most the share, never the last two, and no less than they may', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4), { maxLength: 300 }), fc.integer({ min: 0, max: 100 }), (labels, percent) => {
        const least = leastKept(Int32Array.from(labels), percent / 100);
        expect(least.size).toBe(new Set(labels).size);
        for (const [label, kept] of least) {
          const size = labels.filter((own) => own === label).length;
          // In whole numbers, so that no rounding of shares hides behind another.
          expect(100 * (size - kept)).toBeLessThanOrEqual(percent * size);
          expect(kept).toBeGreaterThanOrEqual(Math.min(2, size));
          if (kept > Math.min(2, size)) expect(100 * (size - kept + 1)).toBeGreaterThan(percent * size);
        }
      }),
    );
  });
});
