/** What the figures say of a sweep's cells. */
import type { StudyQuality } from '../../src/protocol/study.ts';
import type { SweepCell, SweepReport } from '../../src/protocol/sweep.ts';

/** Half of a 95 % interval, in standard errors. */
const half = 1.96;

export const qualityName = (quality: StudyQuality): string => (quality === 'original' ? 'originals' : `q ${quality}`);

/** The task's metric, of which the error is what is missing to 1. */
export const metricValue = ({ error }: { readonly error: number }): number => 1 - error;

/** 95 % interval of the metric. */
export const metricInterval = ({ error, standardError }: SweepCell): readonly [number, number] => [
  Math.max(0, 1 - error - half * standardError),
  Math.min(1, 1 - error + half * standardError),
];

export const sizesOf = (cells: readonly SweepCell[]): number[] =>
  [...new Set(cells.map(({ images }) => images))].sort((a, b) => a - b);

/** Least and largest. */
export const extent = (values: readonly number[]): readonly [number, number] => [
  Math.min(...values),
  Math.max(...values),
];

/** What tells the best mixes, in words. */
export const tellerName = (by: NonNullable<SweepReport['optima']>['by']): string =>
  by === 'law' ? 'the storage law' : 'the measured cells around it';

const orderOf = (quality: StudyQuality) => (quality === 'original' ? Infinity : quality);

export const qualitiesOf = (cells: readonly SweepCell[]): StudyQuality[] =>
  [...new Set(cells.map(({ quality }) => quality))].sort((a, b) => orderOf(a) - orderOf(b));

export const cellAt = (cells: readonly SweepCell[], images: number, quality: StudyQuality): SweepCell | undefined =>
  cells.find((one) => one.images === images && one.quality === quality);
