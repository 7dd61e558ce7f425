import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitLaw } from '../../../src/core/sweep/law.ts';
import { closedOptimum, lawOptimum } from '../../../src/core/sweep/optimum.ts';
import { seededRandom } from '../../../src/core/random.ts';
import { lawError, type LawPoint, type StorageLaw } from '../../../src/protocol/law.ts';

const wide = { mostImages: Infinity, bytes: [1, 1e9] } as const;

/** The fits of Mentzer & Montanari (2024), as their code holds them. */
const published = {
  Food101: {
    a: 6.7069,
    b: 1355.29,
    alpha: 0.3333,
    beta: 1.0613,
    floor: 0,
    images: [12120, 60600],
    bytes: [4000, 48000],
  },
  Cityscapes: {
    a: 4.2867,
    b: 428277,
    alpha: 0.5894,
    beta: 1.6064,
    floor: 0.1355,
    images: [595, 2975],
    bytes: [12000, 90000],
  },
  iSAID: {
    a: 1.0022,
    b: 269996,
    alpha: 0.0909,
    beta: 1.6962,
    floor: 0.3332,
    images: [5000, 28000],
    bytes: [5000, 90000],
  },
} as const;

const lawOf = ({ a, b, alpha, beta, floor }: (typeof published)[keyof typeof published]): StorageLaw => ({
  ...{ form: floor > 0 ? 'additive' : 'no floor', floor, a, alpha, b, beta },
  ...{ headerBytes: 0, images0: 1, bytes0: 1 },
});

/** A grid of sizes and bytes, with normal noise. */
function pointsOf(
  law: StorageLaw,
  [few, many]: readonly [number, number],
  [small, large]: readonly [number, number],
  noise = 0,
  known = false,
): LawPoint[] {
  const random = seededRandom(9);
  const normal = () =>
    Array.from({ length: 12 }, () => random.below(1e6) / 1e6).reduce((sum, value) => sum + value, -6);
  return [0, 1, 2, 3, 4].flatMap((i) =>
    [0, 1, 2, 3, 4, 5].map((j) => {
      const [images, bytes] = [few * (many / few) ** (i / 4), small * (large / small) ** (j / 5)];
      const error = Math.min(1, lawError(law, images, bytes) + noise * normal());
      return { images, bytes, error, ...(known && { standardError: noise }) };
    }),
  );
}

describe('the authors’ fit', () => {
  it.each(Object.entries(published))('finds the parameters of %s from points that they make', (_name, parameters) => {
    const points = pointsOf(lawOf(parameters), parameters.images, parameters.bytes);
    const { law, rSquared } = fitLaw(points, { budgets: [], limits: wide, paper: true });
    expect(rSquared).toBeGreaterThan(0.99999);
    expect(law.alpha).toBeCloseTo(parameters.alpha, 2);
    expect(law.beta).toBeCloseTo(parameters.beta, 2);
    expect(Math.abs(law.floor - parameters.floor)).toBeLessThan(0.01);
    // In their units: a n^-α without the points' means.
    expect(law.a * law.images0 ** law.alpha).toBeCloseTo(parameters.a, parameters.a > 5 ? 0 : 1);
    expect(Math.log(law.b * law.bytes0 ** law.beta)).toBeCloseTo(Math.log(parameters.b), 1);
  });

  it('gives the published optimum of Food101: 6,838 images of 7.1 kB in 48.5 MB', () => {
    const law = lawOf(published.Food101);
    for (const find of [closedOptimum, (own: StorageLaw, s: number) => lawOptimum(own, s, wide)]) {
      const { images, bytes, error } = find(law, 48.5e6);
      expect(images / 6838).toBeCloseTo(1, 1);
      expect(bytes / 7100).toBeCloseTo(1, 1);
      expect(error).toBeCloseTo(0.464, 2);
    }
  });
});

describe('the fit', () => {
  const planted: StorageLaw = {
    ...{ form: 'additive', floor: 0.2, a: 0.15, alpha: 0.4, b: 0.05, beta: 0.9 },
    ...{ headerBytes: 280, images0: 4000, bytes0: 150 },
  };
  const points = pointsOf(planted, [500, 16000], [310, 900], 0.004, true);

  it('finds planted parameters within its intervals, header included', { timeout: 30_000 }, () => {
    const { intervals, law, exponent, rSquared, trusted } = fitLaw(points, { budgets: [], limits: wide });
    expect(rSquared).toBeGreaterThan(0.98);
    expect(trusted).toBe(true);
    for (const name of ['alpha', 'beta', 'floor', 'headerBytes'] as const) {
      const [low, high] = intervals[name];
      const margin = 0.5 * (high - low);
      expect(planted[name], name).toBeGreaterThan(low - margin);
      expect(planted[name], name).toBeLessThan(high + margin);
    }
    expect(exponent).toBeCloseTo((law.alpha * law.beta) / (law.alpha + law.beta));
    for (const point of points)
      expect(
        Math.abs(lawError(law, point.images, point.bytes) - lawError(planted, point.images, point.bytes)),
      ).toBeLessThan(0.01);
  });

  it('is not led astray by one wild point', { timeout: 30_000 }, () => {
    const wild = points.map((point, at) => (at === 7 ? { ...point, error: 0.95 } : point));
    const { law } = fitLaw(wild, { budgets: [], limits: wide });
    const others = points.filter((_, at) => at !== 7);
    const miss = others.map(({ images, bytes }) =>
      Math.abs(lawError(law, images, bytes) - lawError(planted, images, bytes)),
    );
    expect(miss.reduce((sum, value) => sum + value, 0) / miss.length).toBeLessThan(0.012);
  });

  it('tells a product from a sum', { timeout: 30_000 }, () => {
    const product: StorageLaw = {
      ...planted,
      form: 'multiplicative',
      floor: 0.1,
      a: 0.3,
      b: 0,
      alpha: 0.5,
      beta: 0.3,
      headerBytes: 0,
    };
    const fit = fitLaw(pointsOf(product, [500, 16000], [310, 900], 0.001, true), { budgets: [], limits: wide });
    expect(fit.law.form).toBe('multiplicative');
  });

  it('does not trust a law that fails on the largest size', { timeout: 30_000 }, () => {
    const broken = points.map((point) => (point.images > 15_000 ? { ...point, error: point.error + 0.1 } : point));
    const { trusted, heldOut } = fitLaw(broken, { budgets: [], limits: wide });
    expect(trusted).toBe(false);
    expect(heldOut?.miss).toBeGreaterThan(0.05);
  });

  it('gives the error at a budget an interval that holds the truth', { timeout: 30_000 }, () => {
    const limits = { mostImages: 16_000, bytes: [310, 900] } as const;
    const { optima } = fitLaw(points, { budgets: [1e6, 3e6], limits });
    for (const {
      budgetBytes,
      interval: [low, high],
      images,
      bytes,
    } of optima) {
      const { error } = lawOptimum(planted, budgetBytes, limits);
      expect(error).toBeGreaterThan(low - 0.004);
      expect(error).toBeLessThan(high + 0.004);
      expect(images * bytes).toBeLessThanOrEqual(budgetBytes * 1.0001);
    }
  });

  it.each<[string, LawPoint[], RegExp]>([
    [
      'one size',
      [1, 2, 3, 4, 5, 6, 7].map((k) => ({ images: 100, bytes: 100 * k, error: 0.5 })),
      /2 numbers of images/,
    ],
    ['few points', pointsOf(planted, [500, 16000], [310, 900]).slice(4, 9), /at least 7 points/],
    ['an error beyond 1', [{ images: 1, bytes: 1, error: 1.2 }], /Point 1: expected .* error from 0 to 1/],
  ])('refuses %s', (_name, given, message) => {
    expect(() => fitLaw(given, { budgets: [], limits: wide })).toThrow(message);
  });
});

describe('the optimum', () => {
  const laws = fc.record({
    floor: fc.double({ min: 0, max: 0.4, noNaN: true }),
    a: fc.double({ min: 0.01, max: 1, noNaN: true }),
    alpha: fc.double({ min: 0.05, max: 1, noNaN: true }),
    b: fc.double({ min: 0.01, max: 1, noNaN: true }),
    beta: fc.double({ min: 0.2, max: 2.5, noNaN: true }),
  });
  const whole = (parameters: object): StorageLaw =>
    ({ ...parameters, form: 'additive', headerBytes: 0, images0: 1000, bytes0: 5000 }) as StorageLaw;

  it('of the closed form is that of the search, and no other point of the line is better', () => {
    fc.assert(
      fc.property(laws, fc.double({ min: 1e5, max: 1e9, noNaN: true }), (parameters, budget) => {
        const law = whole(parameters);
        const closed = closedOptimum(law, budget);
        fc.pre(closed.bytes > 1 && closed.bytes < 1e9);
        const found = lawOptimum(law, budget, wide);
        expect(found.error).toBeCloseTo(closed.error, 8);
        for (const factor of [0.5, 0.9, 1.1, 2])
          expect(lawError(law, closed.images / factor, closed.bytes * factor)).toBeGreaterThanOrEqual(
            closed.error - 1e-12,
          );
      }),
    );
  });

  it('stays within the images and bytes that there are', () => {
    fc.assert(
      fc.property(laws, fc.double({ min: 1e5, max: 1e9, noNaN: true }), (parameters, budget) => {
        const { images, bytes } = lawOptimum(whole(parameters), budget, { mostImages: 2000, bytes: [1000, 20_000] });
        expect(images).toBeLessThanOrEqual(2000);
        expect(bytes).toBeGreaterThan(999);
        expect(bytes).toBeLessThan(20_001);
        expect(images * bytes).toBeLessThanOrEqual(budget * 1.000001);
      }),
    );
  });
});
