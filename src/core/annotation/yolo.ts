import { Unreadable } from '../dataset/index.ts';
import { clipped, type Thing } from './thing.ts';

/**
 * Objects of a YOLO label file: lines of class, centre x and y, width and height as shares; or of class and a polygon, whose
 * box is taken.
 * @throws Unreadable that names the line
 */
export function readYolo(text: string, nameOf: (id: number) => string): Thing[] {
  return text.split(/\r?\n/).flatMap((line, at): Thing[] => {
    if (line.trim() === '') return [];
    const [id = NaN, ...numbers] = line.trim().split(/\s+/).map(Number);
    const whole = Number.isInteger(id) && id >= 0 && numbers.every((value) => Number.isFinite(value));
    if (!whole || numbers.length < 4)
      throw new Unreadable(`line ${at + 1}: expected a class and four shares but found "${line.trim().slice(0, 60)}"`);
    const corners = clipped(numbers.length < 6 ? boxOf(numbers) : polygonBox(numbers));
    return corners ? [{ className: nameOf(id), corners, difficult: false }] : [];
  });
}

const boxOf = ([x = 0, y = 0, width = 0, height = 0]: readonly number[]) => [
  x - width / 2,
  y - height / 2,
  x + width / 2,
  y + height / 2,
];

function polygonBox(numbers: readonly number[]): number[] {
  const [xs, ys] = [0, 1].map((odd) => numbers.filter((_, at) => at % 2 === odd)) as [number[], number[]];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
