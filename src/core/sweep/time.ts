/** How long trainings take. */
import type { TrainingTime } from '../../protocol/sweep.ts';
import type { LawLimits } from './optimum.ts';

interface Timed {
  readonly cell: { readonly images: number };
  readonly seconds: number;
}

export const secondsOf = ({ fixedSeconds, secondsPerImage }: TrainingTime, images: number): number =>
  fixedSeconds + secondsPerImage * images;

/** Least squares of seconds over images, with neither term below 0; nothing where nothing was trained. */
export function fitTime(trainings: readonly Timed[]): TrainingTime {
  if (trainings.length === 0) return { fixedSeconds: 0, secondsPerImage: 0 };
  const mean = (of: (training: Timed) => number) =>
    trainings.reduce((sum, training) => sum + of(training), 0) / trainings.length;
  const [images, seconds] = [mean(({ cell }) => cell.images), mean((training) => training.seconds)];
  const squares = mean(({ cell }) => cell.images ** 2);
  const products = mean((training) => training.cell.images * training.seconds);
  const variance = mean(({ cell }) => (cell.images - images) ** 2);
  const slope = variance > 0 ? (products - images * seconds) / variance : Infinity;
  if (slope < 0) return { fixedSeconds: seconds, secondsPerImage: 0 };
  const fixedSeconds = seconds - slope * images;
  return fixedSeconds < 0
    ? { fixedSeconds: 0, secondsPerImage: products / squares }
    : { fixedSeconds, secondsPerImage: slope };
}

/** Limits under which time is paid from the budget, at so many bytes a second. */
export const withTimePriced = (limits: LawLimits, time: TrainingTime, secondWorth: number): LawLimits => ({
  ...limits,
  timeBytes: { fixed: secondWorth * time.fixedSeconds, perImage: secondWorth * time.secondsPerImage },
});
