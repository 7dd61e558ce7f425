import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { augment, learningRateAt, type Schedule } from '../../../src/engine/index.ts';

const size = { height: 4, width: 5, channels: 2 };
const numbers = size.height * size.width * size.channels;
const source = Uint8Array.from({ length: numbers }, (_, at) => at + 1);
const pixel = (image: Uint8Array, row: number, column: number) =>
  row < 0 || column < 0 || row >= size.height || column >= size.width
    ? [0, 0]
    : [...image.subarray((row * size.width + column) * 2, (row * size.width + column) * 2 + 2)];

describe('augmentation', () => {
  it('shifts and then mirrors, with black coming in', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.integer({ min: -3, max: 3 }),
        fc.integer({ min: -3, max: 3 }),
        (flip, down, across) => {
          const draws = [flip ? 1 : 0, down + 3, across + 3];
          const target = new Uint8Array(numbers).fill(99);
          augment(source, target, size, { flip: true, shift: 3 }, () => draws.shift() ?? NaN);
          for (let row = 0; row < size.height; row++)
            for (let column = 0; column < size.width; column++) {
              const shifted = flip ? size.width - 1 - column : column;
              expect(pixel(target, row, column)).toEqual(pixel(source, row - down, shifted - across));
            }
        },
      ),
    );
  });

  it('without options copies', () => {
    const target = new Uint8Array(numbers);
    augment(source, target, size, {}, (count) => count - 1);
    expect(target).toEqual(source);
  });
});

describe('a schedule', () => {
  const rates = (schedule: Schedule, steps: readonly number[]) => steps.map((step) => learningRateAt(schedule, step));

  it('is constant, a cosine or in steps', () => {
    expect(rates({ kind: 'constant', rate: 0.1 }, [0, 99])).toEqual([0.1, 0.1]);
    const [start, middle, end] = rates({ kind: 'cosine', peak: 0.2, steps: 100 }, [0, 50, 100]);
    expect([start, end]).toEqual([0.2, 0]);
    expect(middle).toBeCloseTo(0.1, 10);
    const steps = rates({ kind: 'steps', rate: 1, factor: 0.1, every: 10 }, [0, 9, 10, 25]);
    [1, 1, 0.1, 0.01].forEach((rate, at) => {
      expect(steps[at]).toBeCloseTo(rate, 10);
    });
  });

  it('rises evenly over its first steps', () => {
    expect(rates({ kind: 'steps', rate: 1, factor: 1, every: 10, warmup: 4 }, [0, 1, 2, 3, 4])).toEqual([
      0.25, 0.5, 0.75, 1, 1,
    ]);
  });
});
