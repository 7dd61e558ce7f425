/** Charts without a browser: scales, labels, contours, tables. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvOf } from '../../webview/charts/csv.ts';
import { placeLabels, textWidth } from '../../webview/charts/labels.ts';
import { linear, logarithmic, places, type ScaleOf } from '../../webview/charts/scale.ts';
import { contourOf } from '../../webview/sweep/contour.ts';

const room = (label: string) => 8 * label.length;
const value = fc.double({ min: 1e-3, max: 1e9, noNaN: true });
const width = fc.integer({ min: 100, max: 700 });

describe('a scale', () => {
  const sound = (scaleOf: ScaleOf, low: number, high: number, pixels: number) => {
    const { at, ticks } = scaleOf([0, pixels], room);
    expect(at(low)).toBeGreaterThanOrEqual(-1e-6);
    expect(at(high)).toBeLessThanOrEqual(pixels + 1e-6);
    expect(at(low)).toBeLessThan(at(high));
    ticks.forEach((tick, k) => {
      expect(tick.at).toBeGreaterThanOrEqual(-1e-6);
      expect(tick.at).toBeLessThanOrEqual(pixels + 1e-6);
      const before = ticks[k - 1];
      if (before)
        expect(tick.at - before.at).toBeGreaterThanOrEqual((room(tick.label) + room(before.label)) / 2 - 1e-6);
    });
  };

  it('keeps values inside and labels apart', () => {
    fc.assert(
      fc.property(value, fc.double({ min: 1.01, max: 1e5, noNaN: true }), width, (low, factor, pixels) => {
        const format = (own: number) => own.toPrecision(3);
        sound(linear([low, low * factor], format), low, low * factor, pixels);
        sound(logarithmic([low, low * factor], format), low, low * factor, pixels);
        sound(
          logarithmic([low, low * factor], format, { tight: true, marked: [low, low * factor] }),
          low,
          low * factor,
          pixels,
        );
      }),
    );
  });

  it('marks round values: as many as have room', () => {
    const labels = (scaleOf: ScaleOf, pixels: number) => scaleOf([0, pixels], room).ticks.map(({ label }) => label);
    expect(
      labels(
        linear([0.4, 0.62], (own) => own.toFixed(2)),
        500,
      ),
    ).toEqual(['0.40', '0.45', '0.50', '0.55', '0.60']);
    expect(
      labels(
        logarithmic([200e3, 30e6], (own) => `${own / 1e6}`),
        300,
      ),
    ).toEqual(['0.2', '0.5', '1', '2', '5', '10', '20']);
    expect(labels(logarithmic([310, 560], String), 120)).toEqual(['400', '500']);
    expect(labels(places(['a', 'b', 'c', 'd']), 500)).toEqual(['a', 'b', 'c', 'd']);
    expect(labels(places(Array.from({ length: 50 }, (_, k) => `${2 * k + 1} %`)), 300)).toHaveLength(5);
  });

  it('stands a single value', () => {
    expect(linear([0.5, 0.5], String)([0, 100], room).at(0.5)).toBeCloseTo(50, 9);
    expect(logarithmic([7, 7], String)([0, 100], room).at(7)).toBeCloseTo(50, 9);
  });
});

it('labels hide neither points nor each other, and stay inside', () => {
  const place = fc.record({ x: fc.integer({ min: 0, max: 300 }), y: fc.integer({ min: 0, max: 200 }) });
  fc.assert(
    fc.property(fc.array(place, { maxLength: 25 }), (points) => {
      const area = { left: 0, right: 300, top: 0, bottom: 200 };
      const placed = placeLabels(
        points.map((point, k) => ({ ...point, text: `label ${k}` })),
        area,
      );
      const boxes = placed.map(({ text, x, y, anchor }) => {
        const own = textWidth(text);
        const left = x - (anchor === 'start' ? 0 : anchor === 'end' ? own : own / 2);
        return { left, right: left + own, top: y - 10, bottom: y + 2 };
      });
      boxes.forEach((box, k) => {
        expect(box.left).toBeGreaterThanOrEqual(0);
        expect(box.right).toBeLessThanOrEqual(300);
        const hidden = (other: typeof box) =>
          box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom;
        expect(boxes.slice(k + 1).some(hidden)).toBe(false);
        expect(points.some(({ x, y }) => hidden({ left: x, right: x, top: y, bottom: y }))).toBe(false);
      });
    }),
  );
});

it('a label is not nearer to another point than to its own', () => {
  const area = { left: 0, right: 300, top: 0, bottom: 200 };
  const close = { x: 150, y: 112 };
  const placed = placeLabels([{ text: 'own', x: 150, y: 100 }], area, [{ x: 150, y: 100 }, close]);
  expect(placed).toHaveLength(1);
  expect(placed[0]?.y).toBeLessThan(104);
  const around = [-9, 9].flatMap((dx) => [-9, 9].map((dy) => ({ x: 150 + dx, y: 100 + dy })));
  expect(placeLabels([{ text: 'own', x: 150, y: 100 }], area, [{ x: 150, y: 100 }, ...around])).toEqual([]);
});

describe('a contour', () => {
  const images = [100, 200, 400];
  const bytes = [10, 20, 40, 80];
  const planted = (n: number, own: number) => 1 - 0.1 * Math.log2(n / 100) - 0.1 * Math.log2(own / 10);
  const grid = {
    ...{ images, bytes },
    error: Float32Array.from(images.flatMap((n) => bytes.map((own) => planted(n, own)))),
  };

  it('passes where the error is its own', () => {
    for (const level of [0.95, 0.75, 0.66, 0.55])
      for (const { images: n, bytes: own } of contourOf(grid, level).filter(({ bytes: inner }) => inner > 10))
        expect(planted(n, own)).toBeCloseTo(level, 5);
  });

  it('enters from above where the first columns never reach it', () => {
    expect(contourOf(grid, 0.65)[0]?.bytes).toBe(80);
    expect(contourOf(grid, 0.65)[0]?.images).toBeCloseTo(100 * 2 ** 0.5, 3);
    expect(contourOf(grid, 0.4)).toEqual([]);
    expect(contourOf(grid, 1).map(({ bytes: own }) => own)).toEqual([10, 10, 10]);
  });
});

it('writes tables that any reader of CSV understands', () => {
  const table = {
    head: ['a "name"', 'b,c', 'value'],
    rows: [
      ['x', undefined, 1 / 3],
      ['two\nlines', 12_345_678, NaN],
    ],
  };
  expect(csvOf(table)).toBe('"a ""name""","b,c",value\r\nx,,0.333333\r\n"two\nlines",12345678,\r\n');
});
