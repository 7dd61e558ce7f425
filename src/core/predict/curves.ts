/** The two kinds of curves through measured errors. */
import { errorAt, type ErrorCurve, type PredictionPoint } from '../../protocol/prediction.ts';
import { isotonicDecreasing } from '../isotonic.ts';
import { studentReach } from './student.ts';

/** What curves are fitted to, by rising bytes. */
export type MeasuredPoint = Pick<PredictionPoint, 'bytes' | 'cost' | 'error'>;
export type FitCurve = (points: readonly MeasuredPoint[], fixedBytes: number) => ErrorCurve;

/**
 * Least squares of error on expected cost; a slope below 0 is taken for noise, as costs are losses. All points weigh
 * alike: each has as many seeds, and the test images, being the same, err alike at all of them.
 */
export const fitLine: FitCurve = (points) => {
  const [meanCost, meanError] = [meanOf(points, ({ cost }) => cost), meanOf(points, ({ error }) => error)];
  const squaredCosts = sumOf(points, ({ cost }) => (cost - meanCost) ** 2);
  const products = sumOf(points, ({ cost, error }) => (cost - meanCost) * (error - meanError));
  const slope = squaredCosts > 0 ? Math.max(0, products / squaredCosts) : 0;
  const intercept = meanError - slope * meanCost;
  const degrees = points.length - 2;
  const variance = sumOf(points, ({ cost, error }) => (error - intercept - slope * cost) ** 2) / degrees;
  const reach = studentReach(degrees) * Math.sqrt(variance);
  return { kind: 'line', intercept, slope, points: points.length, meanCost, squaredCosts, reach };
};

/** Straight from point to point, never rising, with what this misses of inner points for its interval. */
export const fitBetween: FitCurve = (points, fixedBytes) => {
  const misses = missesOf(points, fixedBytes, joined);
  return { ...joined(points, fixedBytes), reach: studentReach(misses.length) * rootMeanSquare(misses) };
};

const joined = (points: readonly MeasuredPoint[], fixedBytes: number) => ({
  kind: 'points' as const,
  fixedBytes,
  bytes: points.map(({ bytes }) => bytes),
  error: [...isotonicDecreasing(Float64Array.from(points, ({ error }) => error))],
  reach: 0,
});

/** Measured less told, of every inner point by the others: what lies around the ends is nothing but a guess. */
export const missesOf = (points: readonly MeasuredPoint[], fixedBytes: number, fit: FitCurve): number[] =>
  points.slice(1, -1).map((point) => point.error - errorAt(fit(without(points, point), fixedBytes), point).error);

export const without = (points: readonly MeasuredPoint[], one: MeasuredPoint) => points.filter((own) => own !== one);

export const rootMeanSquare = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);

const sumOf = (points: readonly MeasuredPoint[], value: (point: MeasuredPoint) => number) =>
  points.reduce((sum, point) => sum + value(point), 0);

const meanOf = (points: readonly MeasuredPoint[], value: (point: MeasuredPoint) => number) =>
  sumOf(points, value) / points.length;
