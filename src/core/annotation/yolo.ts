import { Unreadable } from '../dataset/index.ts';
import type { Thing } from './thing.ts';

/**
 * Objects of a YOLO label file: lines of class, centre x and y, width and height as shares (and, of predictions, a score); or
 * of class and a polygon, whose box is taken.
 * @throws Unreadable that names the line
 */
export function readYolo(text: string, nameOf: (id: number) => string): Thing[] {
  return text.split(/\r?\n/).flatMap((line, at): Thing[] => {
    if (line.trim() === '') return [];
    const [id = NaN, ...numbers] = line.trim().split(/\s+/).map(Number);
    const whole = Number.isInteger(id) && id >= 0 && numbers.every((value) => Number.isFinite(value));
    const isBox = numbers.length === 4 || numbers.length === 5;
    const isPolygon = numbers.length >= 6 && numbers.length % 2 === 0;
    if (!whole || !(isBox || isPolygon))
      throw new Unreadable(
        `line ${at + 1}: expected a class and four shares, or a polygon, but found "${line.trim().slice(0, 60)}"`,
      );
    return [{ className: nameOf(id), corners: isBox ? boxOf(numbers) : polygonBox(numbers), difficult: false }];
  });
}

const boxOf = ([x = 0, y = 0, width = 0, height = 0]: readonly number[]): Thing['corners'] => [
  x - width / 2,
  y - height / 2,
  x + width / 2,
  y + height / 2,
];

function polygonBox(numbers: readonly number[]): Thing['corners'] {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  numbers.forEach((value, at) => {
    if (at % 2 === 0) [left, right] = [Math.min(left, value), Math.max(right, value)];
    else [top, bottom] = [Math.min(top, value), Math.max(bottom, value)];
  });
  return [left, top, right, bottom];
}
