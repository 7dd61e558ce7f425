/** Fits the storage law to measured points. */
import { levenbergMarquardt } from 'ml-levenberg-marquardt';
import {
  lawError,
  type Interval,
  type LawFit,
  type LawForm,
  type LawOptimum,
  type LawParameters,
  type LawPoint,
  type StorageLaw,
} from '../../protocol/law.ts';
import { InputError } from '../errors.ts';
import { seededRandom, type Random } from '../random.ts';
import { lawOptimum, type LawLimits } from './optimum.ts';

export interface LawOptions {
  /** Budgets to find the optimum of, bytes. */
  readonly budgets: readonly number[];
  readonly limits: LawLimits;
  /** The authors' fit: non-negative least squares without weights, headers or priors, additive. */
  readonly paper?: boolean;
}

const starts = 30;
const bootstraps = 200;
const leastPoints = 7;
/** Of the descents from random starts, and of those that begin at the optimum. */
const [farIterations, nearIterations] = [150, 40];
/** Residuals beyond so many standard errors count linearly (Huber 1964). */
const huber = 1.345;
/** Weak priors of log α and log β: mean and standard deviation. */
const priors = { alpha: [Math.log(0.3), 0.8], beta: [Math.log(1.2), 0.6] } as const;
/** Headers of all of a file but this share would leave no picture. */
const mostHeader = 0.98;

/**
 * What is fitted, without bounds: log A, log α, log β, log B, and E and h by the logit of their share of what they can be
 * (the least error, nearly all of the smallest file).
 */
interface Vector {
  readonly logA: number;
  readonly logAlpha: number;
  readonly logBeta: number;
  readonly logB: number;
  readonly floor: number;
  readonly header: number;
}
type Name = keyof Vector;

const namesOf = (form: LawForm, header: boolean): readonly Name[] => [
  ...(['logA', 'logAlpha', 'logBeta'] as const),
  ...(form === 'multiplicative' ? [] : (['logB'] as const)),
  ...(form === 'no floor' ? [] : (['floor'] as const)),
  ...(header ? (['header'] as const) : []),
];

interface Problem {
  readonly points: readonly LawPoint[];
  /** Standard error of each point. */
  readonly sigma: readonly number[];
  readonly images0: number;
  readonly bytes0: number;
  readonly header: boolean;
  readonly prior: boolean;
}

/** @throws InputError when the points can't tell a law */
export const fitLaw = (points: readonly LawPoint[], options: LawOptions): LawFit => fitLaws(points, options).fit;

/** The same, with the laws of the bootstrap. */
export function fitLaws(
  points: readonly LawPoint[],
  { budgets, limits, paper = false }: LawOptions,
): { fit: LawFit; laws: StorageLaw[] } {
  checkPoints(points);
  const forms: readonly LawForm[] = paper ? ['additive', 'no floor'] : ['additive', 'no floor', 'multiplicative'];
  if (points.length < leastPoints)
    throw new InputError(
      `Expected at least ${leastPoints} points to fit a law to but found ${points.length}: measure more sizes or qualities`,
    );
  const problem = problemOf(points, paper);
  const fits = forms
    .map((form) => bestFit(problem, form, paper))
    .filter(({ aicc }) => Number.isFinite(aicc))
    .sort((a, b) => a.aicc - b.aicc);
  const [best] = fits;
  if (best === undefined)
    throw new InputError(
      `Expected at least 7 points to fit a law to but found ${points.length}: measure more sizes or qualities`,
    );
  const { law, vector } = best;
  const laws = resampled(problem, law, vector, paper);
  const heldOut = missOfLargest(points, law.form, paper);
  const optima = budgets.map((budgetBytes) => optimumWithBand(law, laws, budgetBytes, limits));
  const of = (name: keyof LawParameters) => middle95(laws.map((own) => own[name]));
  const fit: LawFit = {
    law,
    points: points.length,
    intervals: {
      ...{ floor: of('floor'), a: of('a'), alpha: of('alpha') },
      ...{ b: of('b'), beta: of('beta'), headerBytes: of('headerBytes') },
    },
    exponent: (law.alpha * law.beta) / (law.alpha + law.beta),
    rSquared: rSquared(points, law),
    aicc: Object.fromEntries(fits.map(({ law: { form }, aicc }) => [form, aicc])),
    ...(heldOut && { heldOut }),
    trusted: heldOut === undefined || Math.abs(heldOut.miss) <= 2 * heldOut.standardError,
    optima,
  };
  return { fit, laws };
}

/** The law's best mix of a budget, with the interval of the bootstrap's laws. */
export function optimumWithBand(
  law: StorageLaw,
  laws: readonly StorageLaw[],
  budgetBytes: number,
  limits: LawLimits,
): LawOptimum {
  const errors = laws.map((own) => lawOptimum(own, budgetBytes, limits).error);
  return { budgetBytes, ...lawOptimum(law, budgetBytes, limits), interval: middle95(errors) };
}

function checkPoints(points: readonly LawPoint[]): void {
  const wrong = points.findIndex(({ images, bytes, error }) => !(images > 0 && bytes > 0 && error >= 0 && error <= 1));
  if (wrong >= 0)
    throw new InputError(
      `Point ${wrong + 1}: expected images and bytes above 0 and an error from 0 to 1 but found ${JSON.stringify(points[wrong])}`,
    );
  const distinct = (values: number[]) => new Set(values).size;
  const [sizes, bytes] = [distinct(points.map(({ images }) => images)), distinct(points.map((point) => point.bytes))];
  if (sizes < 2 || bytes < 2)
    throw new InputError(
      `Expected points of at least 2 numbers of images and 2 sizes of files but found ${sizes} and ${bytes}`,
    );
}

function problemOf(points: readonly LawPoint[], paper: boolean): Problem {
  const geometricMean = (values: number[]) =>
    Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
  const known = points.every(({ standardError }) => standardError !== undefined && standardError > 0);
  const shared = {
    points,
    images0: geometricMean(points.map(({ images }) => images)),
    bytes0: geometricMean(points.map(({ bytes }) => bytes)),
    header: !paper,
  };
  if (known && !paper)
    return { ...shared, prior: true, sigma: points.map(({ standardError }) => standardError as number) };
  // Unknown errors are taken to be alike, and as large as a first fit misses.
  const flat: Problem = { ...shared, prior: false, sigma: points.map(() => 1) };
  if (paper) return flat;
  const first = bestFit(flat, 'additive', true).law;
  const spread =
    1.4826 * median(points.map((point) => Math.abs(point.error - lawError(first, point.images, point.bytes))));
  return { ...flat, prior: true, sigma: points.map(() => Math.max(spread, 1e-9)) };
}

function bestFit(problem: Problem, form: LawForm, plain: boolean): { law: StorageLaw; vector: Vector; aicc: number } {
  const random = seededRandom(1);
  let best: { vector: Vector; loss: number } | undefined;
  for (let start = 0; start < starts; start++) {
    const found = descend(problem, form, startOf(problem, random), problem.sigma, farIterations);
    if (best === undefined || found.loss < best.loss) best = found;
  }
  if (best === undefined || best.loss === Infinity) throw new InputError('The points tell no law: no fit converged');
  let { vector } = best;
  if (!plain) vector = robust(problem, form, vector);
  const law = lawOf(problem, form, vector);
  const count = problem.points.length;
  const parameters = namesOf(form, problem.header).length;
  const chiSquare = problem.points.reduce(
    (sum, { images, bytes, error }, at) =>
      sum + ((error - lawError(law, images, bytes)) / (problem.sigma[at] as number)) ** 2,
    0,
  );
  // Corrected for few points (Hurvich & Tsai 1989); unknown where there are hardly more points than parameters.
  const spare = count - parameters - 1;
  const aicc =
    spare > 0 ? count * Math.log(Math.max(chiSquare, 1e-30) / count) + (2 * parameters * count) / spare : Infinity;
  return { law, vector, aicc };
}

/** Reweighs what lies far off, a few times over. */
function robust(problem: Problem, form: LawForm, start: Vector): Vector {
  let vector = start;
  for (let round = 0; round < 4; round++) {
    const law = lawOf(problem, form, vector);
    const sigma = problem.points.map(({ images, bytes, error }, at) => {
      const own = problem.sigma[at] as number;
      const off = Math.abs(error - lawError(law, images, bytes)) / own;
      return own * Math.sqrt(Math.max(1, off / huber));
    });
    vector = descend(problem, form, vector, sigma).vector;
  }
  return vector;
}

function startOf({ points }: Problem, random: Random): Vector {
  const draw = (low: number, high: number) => low + ((high - low) * random.below(1e6)) / 1e6;
  const most = Math.max(...points.map(({ error }) => error));
  return {
    logA: Math.log(draw(0.05, 1) * most),
    logAlpha: Math.log(draw(0.05, 1)),
    logBeta: Math.log(draw(0.2, 2.5)),
    logB: Math.log(draw(0.01, 1) * most),
    floor: draw(-3, 3),
    header: draw(-3, 3),
  };
}

/** Least squares from a start; a start from which there is no way down has an infinite loss. */
function descend(
  problem: Problem,
  form: LawForm,
  start: Vector,
  sigma: readonly number[],
  maxIterations = nearIterations,
): { vector: Vector; loss: number } {
  const { points, header, prior } = problem;
  const names = namesOf(form, header);
  const vectorOf = (values: readonly number[]): Vector => ({
    ...start,
    ...(Object.fromEntries(names.map((name, at) => [name, values[at]])) as Partial<Vector>),
  });
  // Behind the points lie the priors: they pull at log α and log β themselves.
  const places = prior ? [priors.alpha, priors.beta] : [];
  const scales = [...sigma, ...places.map(([, deviation]) => deviation)];
  // Residuals come in standard errors: the library's own weights scale its gradient the wrong way.
  const valuesOf = (values: number[]) => {
    const vector = vectorOf(values);
    const law = lawOf(problem, form, vector);
    return (x: number) => {
      const point = points[x];
      const value = point
        ? lawError(law, point.images, point.bytes)
        : vector[x === points.length ? 'logAlpha' : 'logBeta'];
      return value / (scales[x] as number);
    };
  };
  const wanted = [...points.map(({ error }) => error), ...places.map(([mean]) => mean)];
  const data = { x: [...wanted.keys()], y: wanted.map((value, x) => value / (scales[x] as number)) };
  try {
    const { parameterValues, parameterError } = levenbergMarquardt(data, valuesOf, {
      initialValues: names.map((name) => start[name]),
      maxIterations,
      gradientDifference: 1e-5,
      centralDifference: true,
      errorTolerance: 1e-14,
    });
    return { vector: vectorOf(parameterValues), loss: parameterError };
  } catch {
    return { vector: start, loss: Infinity };
  }
}

const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

function lawOf({ points, images0, bytes0, header }: Problem, form: LawForm, vector: Vector): StorageLaw {
  const least = Math.min(...points.map(({ error }) => error));
  const smallest = Math.min(...points.map(({ bytes }) => bytes));
  return {
    ...{ form, images0, bytes0 },
    floor: form === 'no floor' ? 0 : least * sigmoid(vector.floor),
    headerBytes: header ? mostHeader * smallest * sigmoid(vector.header) : 0,
    ...{ a: Math.exp(vector.logA), alpha: Math.exp(vector.logAlpha) },
    ...{ b: form === 'multiplicative' ? 0 : Math.exp(vector.logB), beta: Math.exp(vector.logBeta) },
  };
}

/** Laws of points drawn anew around the fitted one, by their standard errors or by what the fit misses. */
function resampled(problem: Problem, law: StorageLaw, vector: Vector, plain: boolean): StorageLaw[] {
  const random = seededRandom(2);
  const misses = problem.points.map(({ images, bytes, error }) => error - lawError(law, images, bytes));
  const spread = Math.sqrt(misses.reduce((sum, miss) => sum + miss * miss, 0) / Math.max(1, misses.length - 6));
  return Array.from({ length: bootstraps }, () => {
    const points = problem.points.map(({ images, bytes, ...rest }, at) => {
      const sigma = plain ? spread : (problem.sigma[at] as number);
      const error = Math.min(1, Math.max(0, lawError(law, images, bytes) + sigma * normal(random)));
      return { ...rest, images, bytes, error };
    });
    const own = { ...problem, points };
    return lawOf(own, law.form, descend(own, law.form, vector, problem.sigma).vector);
  });
}

/** Fits without the points of the most images, and foretells those. */
function missOfLargest(points: readonly LawPoint[], form: LawForm, paper: boolean): LawFit['heldOut'] {
  const largest = Math.max(...points.map(({ images }) => images));
  const held = points.filter(({ images }) => images === largest);
  const seen = points.filter(({ images }) => images !== largest);
  if (seen.length < leastPoints || new Set(seen.map(({ images }) => images)).size < 2) return undefined;
  const problem = problemOf(seen, paper);
  const { law, vector } = bestFit(problem, form, paper);
  const missOf = (own: StorageLaw) =>
    held.reduce((sum, { images, bytes, error }) => sum + (error - lawError(own, images, bytes)), 0) / held.length;
  const misses = resampled(problem, law, vector, paper).map(missOf);
  const mean = misses.reduce((sum, miss) => sum + miss, 0) / misses.length;
  const ofLaw = misses.reduce((sum, miss) => sum + (miss - mean) ** 2, 0) / misses.length;
  // What the held-out points are themselves uncertain by.
  const usual = median([...problem.sigma]);
  const ofPoints =
    held.reduce((sum, { standardError = paper ? 0 : usual }) => sum + standardError ** 2, 0) / held.length ** 2;
  return { images: largest, miss: missOf(law), standardError: Math.sqrt(ofLaw + ofPoints) };
}

function rSquared(points: readonly LawPoint[], law: StorageLaw): number {
  const mean = points.reduce((sum, { error }) => sum + error, 0) / points.length;
  const total = points.reduce((sum, { error }) => sum + (error - mean) ** 2, 0);
  const left = points.reduce((sum, { images, bytes, error }) => sum + (error - lawError(law, images, bytes)) ** 2, 0);
  return 1 - left / total;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

function middle95(values: readonly number[]): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
  return [at(0.025), at(0.975)];
}

/** Standard normal (Box & Muller 1958). */
function normal(random: Random): number {
  const uniform = () => (random.below(1e9) + 1) / (1e9 + 1);
  return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
