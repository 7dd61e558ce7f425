import { errorAt, type Coverage, type Prediction } from '../../protocol/prediction.ts';
import { fitBetween, fitLine, missesOf, rootMeanSquare, without, type FitCurve, type MeasuredPoint } from './curves.ts';

/** Of these one is left out, and the line through the others must leave a degree of freedom. */
export const leastPoints = 4;

/** Points are joined only where this misses less than so much of what the line misses: a choice among few is a chance. */
const clearlyLess = 0.7;

/**
 * The curve that misses left-out points least, and how often its intervals hold: each inner point is left out in turn,
 * and both the choice of the curve and its interval are made anew from the others alone.
 * @param points  by rising bytes, at least `leastPoints`
 * @param fixedBytes  that every copy holds beside the training images
 */
export function fitErrorCurve(
  points: readonly MeasuredPoint[],
  fixedBytes: number,
): Pick<Prediction, 'curve' | 'missed' | 'coverage'> {
  return {
    curve: chosenCurve(points, fixedBytes),
    missed: missedBy(points, fixedBytes),
    coverage: coverageOf(points, fixedBytes),
  };
}

const missedBy = (points: readonly MeasuredPoint[], fixedBytes: number): Prediction['missed'] => ({
  line: rootMeanSquare(missesOf(points, fixedBytes, fitLine)),
  points: rootMeanSquare(missesOf(points, fixedBytes, fitBetween)),
});

const chosenCurve: FitCurve = (points, fixedBytes) => {
  const missed = missedBy(points, fixedBytes);
  return (missed.points < clearlyLess * missed.line ? fitBetween : fitLine)(points, fixedBytes);
};

function coverageOf(points: readonly MeasuredPoint[], fixedBytes: number): Coverage {
  const inner = points.slice(1, -1);
  const inside = inner.filter((point) => {
    const { error, reach } = errorAt(chosenCurve(without(points, point), fixedBytes), point);
    return Math.abs(point.error - error) <= reach;
  }).length;
  return { inside, leftOut: inner.length, interval: wilson(inside, inner.length) };
}

/** 95 % interval of a share (Wilson 1927). */
export function wilson(count: number, of: number): [number, number] {
  const z = 1.96;
  const middle = (count + z ** 2 / 2) / (of + z ** 2);
  const half = (z * Math.sqrt((count * (of - count)) / of + z ** 2 / 4)) / (of + z ** 2);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}
