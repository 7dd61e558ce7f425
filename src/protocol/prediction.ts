/**
 * The test error of networks trained on copies, told for every budget from trainings at some of them, and how often the
 * intervals held where a budget was left out.
 */
import type { Task } from './analysis.ts';
import type { Budget } from './budget.ts';
import type { Allocation, Frontier } from './frontier.ts';
import { prefixWithin } from './frontier.ts';
import type { PolicyName } from './policy.ts';

export interface PredictionSettings {
  /** To train at; six from a twentieth of what can be saved to everything at its best when absent. */
  readonly budgets?: readonly Budget[];
  readonly policy: PolicyName;
  /** Trainings at every budget. */
  readonly seeds: number;
  readonly epochs: number;
}

export const defaultPrediction = { policy: 'sensitivity', seeds: 2, epochs: 12 } as const;

/** Of the intervals. */
export const predictedShare = 0.9;

/** Trainings at one budget. */
export interface PredictionPoint {
  readonly budgetBytes: number;
  /** Of the copy, and its expected cost in the frontier's unit; means where the policy draws lots. */
  readonly bytes: number;
  readonly cost: number;
  /** Test error of every seed on originals, and their mean. */
  readonly errors: readonly number[];
  readonly error: number;
}

/**
 * How the error goes from budget to budget. `line`: intercept + slope · cost, with the usual interval of a new
 * observation around a regression line. `points`: straight from each measured error to the next over the logarithm of
 * the bytes of training images, never rising; its interval is as wide everywhere.
 */
export type ErrorCurve =
  | {
      readonly kind: 'line';
      readonly intercept: number;
      readonly slope: number;
      /** Of the points' costs: how many, their mean, and the sum of squares around it. */
      readonly points: number;
      readonly meanCost: number;
      readonly squaredCosts: number;
      /** Standard deviation of a point around the line, times Student's quantile. */
      readonly reach: number;
    }
  | {
      readonly kind: 'points';
      /** What every copy holds beside the training images. */
      readonly fixedBytes: number;
      readonly bytes: readonly number[];
      readonly error: readonly number[];
      /** Half of the interval. */
      readonly reach: number;
    };

export const curveTitles: Readonly<Record<ErrorCurve['kind'], string>> = {
  line: 'a line over the expected loss increase',
  points: 'lines between the measured budgets',
};

export interface Coverage {
  /** Budgets whose measured error lay in the interval that the others told for them, of so many that were left out. */
  readonly inside: number;
  readonly leftOut: number;
  /** 95 % interval of the share that lies inside (Wilson 1927). */
  readonly interval: readonly [number, number];
}

export interface Prediction {
  readonly root: string;
  readonly task: Task;
  readonly policy: PolicyName;
  readonly trainImages: number;
  readonly testImages: number;
  readonly tested: string;
  readonly seeds: number;
  readonly epochs: number;
  readonly engine: string;
  /** By rising bytes. */
  readonly points: readonly PredictionPoint[];
  /** With every training image as it is. */
  readonly original: Pick<PredictionPoint, 'bytes' | 'errors' | 'error'>;
  readonly curve: ErrorCurve;
  /** Root mean square of what each kind of curve misses of the left-out budgets; the least is taken. */
  readonly missed: Readonly<Record<ErrorCurve['kind'], number>>;
  readonly coverage: Coverage;
}

export interface PredictedError {
  /** Where the copy lies to those that were trained on; only within them is an error told. */
  readonly place: 'below' | 'within' | 'above';
  readonly error: number;
  /** 90 %: of the mean error of as many trainings, on the same test images. */
  readonly interval: readonly [number, number];
}

/** Of a copy, as an allocation or a plan tells them. */
export type CopyOutlook = Pick<Allocation, 'bytes' | 'cost'>;

/** Error of a copy by a curve, and half of its interval. */
export function errorAt(curve: ErrorCurve, { bytes, cost }: CopyOutlook): { error: number; reach: number } {
  if (curve.kind === 'line') {
    const { intercept, slope, points, meanCost, squaredCosts, reach } = curve;
    const away = squaredCosts > 0 ? (cost - meanCost) ** 2 / squaredCosts : 0;
    return { error: intercept + slope * cost, reach: reach * Math.sqrt(1 + 1 / points + away) };
  }
  const { fixedBytes, bytes: at, error, reach } = curve;
  const last = at.findLastIndex((own) => own <= bytes);
  const k = Math.min(at.length - 2, Math.max(0, last));
  const [from, to] = [at[k] as number, at[k + 1] as number];
  const logarithm = (own: number) => Math.log(Math.max(1, own - fixedBytes));
  const share = (logarithm(bytes) - logarithm(from)) / (logarithm(to) - logarithm(from));
  const [high, low] = [error[k] as number, error[k + 1] as number];
  return { error: high + Math.min(1, Math.max(0, share)) * (low - high), reach };
}

/** What is predicted for a copy; outside of what was trained, for the nearest copy that was. */
export function predictedAt({ points, curve }: Prediction, copy: CopyOutlook): PredictedError {
  const [first, last] = [points[0], points.at(-1)] as [PredictionPoint, PredictionPoint];
  const place = copy.bytes < first.bytes ? 'below' : copy.bytes > last.bytes ? 'above' : 'within';
  const { error, reach } = errorAt(curve, place === 'below' ? first : place === 'above' ? last : copy);
  const share = (value: number) => Math.min(1, Math.max(0, value));
  return { place, error: share(error), interval: [share(error - reach), share(error + reach)] };
}

/** Copies along a frontier from the least to the most bytes, evenly in their logarithms: what a curve is drawn through. */
export function copiesBetween(frontier: Frontier, least: number, most: number, count: number): CopyOutlook[] {
  return Array.from({ length: count }, (_, k) => {
    const prefix = prefixWithin(frontier, least * (most / least) ** (k / (count - 1)));
    return { bytes: frontier.bytesAfter[prefix] as number, cost: frontier.costAfter[prefix] as number };
  });
}

/** "of 4 left-out budgets 4 were inside such an interval". */
export const coverageWords = ({ inside, leftOut }: Coverage): string =>
  `of ${leftOut} left-out ${leftOut === 1 ? 'budget' : 'budgets'} ${inside} ${inside === 1 ? 'was' : 'were'} inside such an interval`;
