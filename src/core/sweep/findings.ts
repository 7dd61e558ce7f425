/** What a sweep found, as far as its trainings tell. */
import { lawError, type LawOptimum, type LawPoint } from '../../protocol/law.ts';
import type { StudyQuality } from '../../protocol/study.ts';
import type { SweepReport } from '../../protocol/sweep.ts';
import { InputError } from '../errors.ts';
import { withinMeasured, type Expected } from './expected.ts';
import { fitLaws, optimumWithBand } from './law.ts';
import { errorOf, sameCell, seedDeviation, type Cell, type Done } from './next-training.ts';
import { affords, type LawLimits } from './optimum.ts';
import { completedGrid, monotoneSurface, surfaceOptimum } from './surface.ts';
import { fitTime, secondsOf, withTimePriced } from './time.ts';

/** A finished training and the time that it took. */
export interface Timed extends Done {
  readonly seconds: number;
}

interface Wanted {
  readonly qualities: readonly StudyQuality[];
  /** Budgets to find the best mix for, bytes. */
  readonly budgets: readonly number[];
  readonly limits: LawLimits;
  /** Bytes of budget that a second of training is worth. */
  readonly secondWorth: number;
}

/** Cells with their errors, the law of those that are encoded (originals are of another codec), and the best mixes. */
export function sweepFindings(
  cells: readonly Cell[],
  done: readonly Timed[],
  { qualities, budgets: wanted, limits: untimed, secondWorth }: Wanted,
): Pick<SweepReport, 'cells' | 'law' | 'optima' | 'time' | 'tooSmall'> {
  const time = fitTime(done);
  const limits = withTimePriced(untimed, time, secondWorth);
  const budgets = wanted.filter((budget) => affords(budget, limits));
  const encoded = cells.filter(({ quality }) => qualities[quality] !== 'original');
  const points = pointsOf(encoded, done);
  const fitted = lawOrNothing(points, { budgets, limits });
  const law = fitted && toldByLaw(fitted);
  const whole = law ? completedGrid(points, encoded, law.errorOf) : points;
  const told = fitted?.fit.trusted === true ? law : toldBySurface(whole, done);
  const timed = (optimum: LawOptimum) => ({ ...optimum, seconds: secondsOf(time, optimum.images) });
  return {
    cells: cells.flatMap((cell) => {
      const found = errorOf(cell, done);
      if (found === undefined) return [];
      const own = done.filter((one) => sameCell(one.cell, cell));
      return [
        {
          ...{ images: cell.images, quality: qualities[cell.quality] as StudyQuality, bytes: cell.bytes },
          ...{ error: found.mean, standardError: found.standardError, seeds: found.seeds },
          seconds: own.reduce((sum, { seconds }) => sum + seconds, 0) / own.length,
        },
      ];
    }),
    ...(fitted && { law: fitted.fit }),
    ...(told && {
      optima: {
        by: told.by,
        list: budgets.map((budgetBytes) => timed(told.optimumOf(budgetBytes, limits))),
        ...withinMeasured(points, told),
      },
    }),
    time: { ...time, secondWorth },
    tooSmall: wanted.filter((budget) => !affords(budget, limits)),
  };
}

/** Points of a law, of the cells that were trained. */
export const pointsOf = (cells: readonly Cell[], done: readonly Done[]): LawPoint[] =>
  cells.flatMap((cell) => {
    const found = errorOf(cell, done);
    if (found === undefined) return [];
    return [{ images: cell.images, bytes: cell.bytes, error: found.mean, standardError: found.standardError }];
  });

function lawOrNothing(points: readonly LawPoint[], options: Parameters<typeof fitLaws>[1]) {
  try {
    return fitLaws(points, options);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** What tells errors where nothing was measured. */
interface Teller extends Expected {
  readonly by: 'law' | 'surface';
}

const toldByLaw = ({ fit: { law }, laws }: ReturnType<typeof fitLaws>): Teller => ({
  by: 'law',
  errorOf: (images, bytes) => lawError(law, images, bytes),
  optimumOf: (budgetBytes, limits) => optimumWithBand(law, laws, budgetBytes, limits),
});

/** Between the cells of a whole grid, with the seeds' deviation as the interval. */
function toldBySurface(points: readonly LawPoint[], done: readonly Done[]): Teller | undefined {
  const surface = monotoneSurface(points);
  if (surface === undefined) return undefined;
  const half = 1.96 * seedDeviation(done);
  return {
    by: 'surface',
    errorOf: surface,
    optimumOf: (budgetBytes, limits) => {
      const optimum = surfaceOptimum(surface, budgetBytes, limits);
      return { budgetBytes, ...optimum, interval: [optimum.error - half, optimum.error + half] };
    },
  };
}
