import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averagePrecision, f1, match } from '../../../src/core/probe/judge/average-precision.ts';
import {
  boxHeads,
  boxOverlap,
  detect,
  mirroredBox,
  stride,
  writeLabels,
  type Box,
  type Corners,
} from '../../../src/core/probe/judge/box-grid.ts';
import { openJudge, type Judge } from '../../../src/core/probe/judge/index.ts';
import type { Views } from '../../../src/core/probe/views.ts';
import { seededRandom } from '../../../src/core/random.ts';
import { box, objectsOf, viewsOf } from './answered-views.ts';

describe('mean intersection over union', () => {
  /** Logits that say a class at every pixel, loudly. */
  const saying = (said: readonly number[], classes: number) =>
    Float32Array.from(said.flatMap((name) => Array.from({ length: classes }, (_, k) => (k === name ? 9 : 0))));

  async function judge(side: number, masks: readonly (readonly number[])[], classes: number): Promise<Judge> {
    const images = masks.map(() => new Uint8Array(side * side * 3));
    const { views } = await viewsOf(
      side,
      images,
      masks.map((mask) => Uint8Array.from(mask)),
    );
    return openJudge({ kind: 'masks' }, views, { classes });
  }

  it('is as worked out by hand; pixels without a class do not count', async () => {
    const own = await judge(
      2,
      [
        [0, 0, 1, 255],
        [1, 1, 1, 1],
      ],
      3,
    );
    const exam = own.examine();
    exam.add(0, saying([0, 1, 1, 2], 3));
    exam.add(1, saying([1, 1, 0, 0], 3));
    // Class 0: 1 of 4; class 1: 3 of 6; class 2 does not occur.
    expect(exam.error()).toBeCloseTo(1 - (1 / 4 + 3 / 6) / 2, 10);
    expect(own.examine().add(0, saying([0, 1, 1, 2], 3)).right).toBeCloseTo(2 / 3, 10);
  });

  it('is that of a slow count, and every mask mirrors', async () => {
    const random = seededRandom(3);
    const [side, classes, rows] = [6, 4, 5];
    const draw = (none: boolean) =>
      Array.from({ length: side * side }, () => (none && random.below(5) === 0 ? 255 : random.below(classes)));
    const masks = Array.from({ length: rows }, () => draw(true));
    const said = masks.map(() => draw(false));
    const own = await judge(side, masks, classes);
    const exam = own.examine();
    said.forEach((names, row) => {
      exam.add(row, saying(names, classes));
    });
    const overlaps = Array.from({ length: classes }, (_, name) => {
      const pairs = masks.flatMap((mask, row) => mask.map((truth, at) => [truth, said[row]?.[at]] as const));
      const counted = pairs.filter(([truth]) => truth !== 255);
      const both = counted.filter(([truth, found]) => truth === name && found === name).length;
      return both / counted.filter(([truth, found]) => truth === name || found === name).length;
    });
    expect(exam.error()).toBeCloseTo(1 - overlaps.reduce((a, b) => a + b, 0) / classes, 10);
    const mirrored = new Int32Array(side * side);
    own.read(0, mirrored, true);
    const expected = masks[0]?.map((_, at) => masks[0]?.[at - (at % side) + side - 1 - (at % side)] ?? 0);
    expect([...mirrored]).toEqual(expected?.map((name) => (name === 255 ? -1 : name)));
  });

  it('is no error where nothing is labelled', async () => {
    const own = await judge(2, [[255, 255, 255, 255]], 2);
    const exam = own.examine();
    exam.add(0, saying([0, 1, 0, 1], 2));
    expect(exam.error()).toBe(0);
    expect(own.examine().add(0, saying([0, 1, 0, 1], 2))).toEqual({ loss: 0, right: 1 });
  });
});

describe('average precision', () => {
  const marks = (text: string) => text.split(' ').map((mark, at) => ({ score: 1 - at / 100, right: mark === 'right' }));

  it('is as worked out by hand', () => {
    expect(averagePrecision(marks('right right'), 2)).toBe(1);
    expect(averagePrecision(marks('wrong right'), 1)).toBe(0.5);
    expect(averagePrecision(marks('right wrong right'), 4)).toBeCloseTo((1 + 2 / 3) / 4, 10);
    expect(averagePrecision([], 3)).toBe(0);
    expect(f1(2, 1, 4)).toBeCloseTo((2 * (2 / 3) * (2 / 4)) / (2 / 3 + 2 / 4), 10);
    expect(f1(0, 0, 0)).toBe(1);
  });

  it('is the area that a slow reference finds', () => {
    const draws = fc.array(fc.record({ score: fc.double({ min: 0, max: 1, noNaN: true }), right: fc.boolean() }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(draws, fc.nat(5), (all, missed) => {
        const found = all.filter(({ right }) => right).length;
        const objects = found + missed;
        fc.pre(objects > 0 && new Set(all.map((own) => own.score)).size === all.length);
        const points = all.map(({ score: least }) => {
          const claimed = all.filter((own) => own.score >= least);
          const right = claimed.filter((own) => own.right).length;
          return { recall: right / objects, precision: right / claimed.length };
        });
        let area = 0;
        for (let k = 1; k <= found; k++) {
          const recall = k / objects;
          area +=
            Math.max(...points.filter((own) => own.recall >= recall - 1e-12).map(({ precision }) => precision)) /
            objects;
        }
        expect(averagePrecision(all, objects)).toBeCloseTo(area, 8);
      }),
    );
  });

  it('counts an object once, and a difficult one never', () => {
    const boxes = [box(0, [0, 0, 0.5, 0.5]), box(0, [0.5, 0.5, 1, 1], true), box(1, [0, 0, 0.5, 0.5])];
    const claim = (label: number, corners: Corners) => ({ label, corners, score: 1 });
    expect(
      match(
        [
          claim(0, [0, 0, 0.5, 0.45]),
          claim(0, [0, 0, 0.5, 0.5]),
          claim(0, [0.5, 0.5, 1, 1]),
          claim(1, [0.5, 0.5, 1, 1]),
          claim(1, [0, 0, 0.5, 0.26]),
        ],
        boxes,
      ),
    ).toEqual(['right', 'wrong', 'uncounted', 'wrong', 'right']);
    expect(boxOverlap([0, 0, 1, 1], [0, 0, 0.5, 0.5])).toBe(0.25);
    expect(boxOverlap([0, 0, 0.5, 0.5], [0.5, 0, 1, 1])).toBe(0);
  });
});

/** Logits that say the labels of all questions; positions without one say nothing of a class. */
function logitsOf(labels: Int32Array, heads: readonly number[], loud = 20): Float32Array {
  const positions = labels.length / heads.length;
  const width = heads.reduce((a, b) => a + b, 0);
  const logits = new Float32Array(positions * width);
  let start = 0;
  heads.forEach((numbers, head) => {
    for (let at = 0; at < positions; at++)
      logits[at * width + start + Math.max(0, labels[head * positions + at] as number)] = loud;
    start += numbers;
  });
  return logits;
}

const sides = fc.constantFrom(32, 48, 64, 96, 128);
/** Boxes in cells of their own, of five pixels to a whole cell. */
const apart = fc
  .record({ side: sides, cells: fc.integer({ min: 1, max: 4 }), seed: fc.nat(1e6) })
  .map(({ side, cells, seed }) => {
    const random = seededRandom(seed);
    const cell = side / cells;
    const boxes = Array.from({ length: cells * cells }, (_, k) => {
      const size = () => 5 + ((cell - 5) * random.below(1001)) / 1000;
      const [w, h] = [size(), size()];
      const left = (k % cells) * cell + ((cell - w) * random.below(1001)) / 1000;
      const top = Math.floor(k / cells) * cell + ((cell - h) * random.below(1001)) / 1000;
      return box(random.below(3), [left / side, top / side, (left + w) / side, (top + h) / side]);
    });
    return { side, boxes };
  });

describe('the grid of boxes', () => {
  const [classes, heads] = [3, boxHeads(3)];
  const labelsOf = (boxes: readonly Box[], side: number) => {
    const labels = new Int32Array(heads.length * (side / stride) ** 2);
    writeLabels(boxes, side, labels);
    return labels;
  };

  it('says boxes that can be read from it', () => {
    fc.assert(
      fc.property(apart, ({ side, boxes }) => {
        const own = openJudge({ kind: 'boxes', objects: objectsOf([boxes], classes) }, { side } as Views, { classes });
        const labels = new Int32Array(own.size);
        own.read(0, labels, false);
        const logits = logitsOf(labels, heads);
        const detections = detect(logits, classes, side);
        for (const { label, corners } of boxes) {
          const overlaps = detections
            .filter((own) => own.label === label)
            .map((own) => boxOverlap(own.corners, corners));
          expect(Math.max(...overlaps)).toBeGreaterThan(0.5);
        }
        const exam = own.examine();
        exam.add(0, logits);
        expect(exam.error()).toBeCloseTo(0, 10);
        expect(own.examine().add(0, logits).right).toBe(1);
        expect(own.examine().add(0, logits).loss).toBeLessThan(1e-5);
      }),
      { numRuns: 200 },
    );
  });

  it('mirrors with its image', () => {
    fc.assert(
      fc.property(apart, ({ side, boxes }) => {
        const own = openJudge({ kind: 'boxes', objects: objectsOf([boxes], classes) }, { side } as Views, { classes });
        const [straight, mirrored] = [new Int32Array(own.size), new Int32Array(own.size)];
        own.read(0, straight, false);
        own.read(0, mirrored, true);
        const turned = boxes.map((one) => ({ ...one, corners: mirroredBox(one.corners) }));
        const logits = logitsOf(mirrored, heads);
        const back = detect(logits, classes, side).map((one) => ({ ...one, corners: mirroredBox(one.corners) }));
        for (const { label, corners } of boxes)
          expect(
            Math.max(...back.filter((one) => one.label === label).map((one) => boxOverlap(one.corners, corners))),
          ).toBeGreaterThan(0.5);
        // Rounding may move what lies on a border; nearly all is the same.
        const grid = side / stride;
        const expected = labelsOf(turned, side).subarray(0, grid * grid);
        const differing = expected.filter((label, at) => label !== straight[at - (at % grid) + grid - 1 - (at % grid)]);
        expect(differing.length).toBeLessThanOrEqual(expected.length / 8);
      }),
    );
  });

  it('has a place for every box, however small, and asks nothing about difficult ones', () => {
    fc.assert(
      fc.property(
        sides,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (side, x, y) => {
          const tiny = [x, y, x + 1e-3, y + 1e-3] as const;
          const positions = (side / stride) ** 2;
          expect(labelsOf([box(1, tiny)], side).subarray(0, positions)).toContain(2);
          const hard = labelsOf([box(1, tiny, true)], side);
          expect(hard.subarray(0, positions)).not.toContain(2);
          expect(hard.subarray(0, positions)).toContain(-1);
        },
      ),
    );
  });

  it('gives a position to the smaller of two boxes, and leaves the larger its own', () => {
    const [side, positions] = [64, 256];
    const [large, small] = [box(0, [0, 0, 1, 1]), box(1, [0.4, 0.4, 0.8, 0.8])];
    const labels = labelsOf([small, large], side).subarray(0, positions);
    const detections = detect(logitsOf(labelsOf([large, small], side), heads), classes, side);
    expect(match(detections, [large, small])).toEqual(['right', 'right']);
    const alone = labelsOf([large], side).subarray(0, positions);
    const lost = alone.filter((label, at) => label === 1 && labels[at] !== 1 && labels[at] !== 2);
    expect(lost).toHaveLength(0);
  });

  it('is no error where there is no object and none is found', () => {
    const own = openJudge({ kind: 'boxes', objects: objectsOf([[]], classes) }, { side: 32 } as Views, { classes });
    const logits = logitsOf(labelsOf([], 32), heads);
    expect(own.examine().add(0, logits).right).toBe(1);
    expect(own.examine().add(0, logits).loss).toBeCloseTo(0, 5);
    const exam = own.examine();
    exam.add(0, logits);
    expect(exam.error()).toBe(0);
  });
});
