import { formatBytes, formatMilliseconds, formatSeconds, plural } from '../protocol/format.ts';
import { metricOf } from '../protocol/metric.ts';
import type { SweepOptimum, SweepReport } from '../protocol/sweep.ts';
import { lawLines } from './describe-law.ts';
import { count, table } from './describe.ts';
import type { Described } from './run-job.ts';

export function describeSweep({
  root,
  task,
  trainImages,
  testImages,
  tested,
  epochs,
  engine,
  cells,
  left,
  law,
  optima,
  time,
  tooSmall,
  minutes,
}: SweepReport): Described {
  const timed = time.secondWorth > 0 ? ' and the time of its training' : '';
  const text = [
    `Dataset   ${root}: up to ${count(trainImages)} images to train on, ${count(testImages)} to test on (${tested})`,
    `Sweep     ${count(cells.length)} cells, ${epochs} epochs each, in ${minutes.toFixed(1)} minutes on ${engine}`,
    ...(left.hopeless > 0
      ? [`          ${plural(left.hopeless, 'training')} left out: clearly worse than cells of no more bytes`]
      : []),
    ...(left.late > 0 ? [`          ${plural(left.late, 'training')} left out for want of time`] : []),
    '',
    ...table([
      ['images', 'quality', 'bytes each', 'in all', `1 − ${metricOf(task)}`, '± 1 SE', 'seeds', 'seconds'],
      ...cells.map(({ images, quality, bytes, error, standardError, seeds, seconds }) => [
        count(images),
        String(quality),
        count(Math.round(bytes)),
        formatBytes(images * bytes),
        `${(100 * error).toFixed(1)} %`,
        (100 * standardError).toFixed(1),
        String(seeds),
        seconds.toFixed(1),
      ]),
    ]),
    '',
    ...(law ? lawLines(law) : ['Law       none: too few cells are measured to tell one']),
    ...(optima?.by === 'surface' ? ['Best mix  between the measured cells, since no law is trusted'] : []),
    ...(optima ? timeLines(time) : []),
    ...mixLines(optima?.list ?? []),
    ...tooSmall.map((budget) => `          ${formatBytes(budget)} is too little for a single image${timed}`),
  ];
  return { text: text.join('\n') };
}

const timeLines = ({ fixedSeconds, secondsPerImage, secondWorth }: SweepReport['time']): string[] => [
  `Time      a training of n images takes about ${formatSeconds(fixedSeconds)} + n × ${formatMilliseconds(secondsPerImage)}${secondWorth > 0 ? `; a second takes ${formatBytes(secondWorth)} of the budget` : ''}`,
];

/** Every budget's mix on paper, and what can be made of it. */
const mixLines = (list: readonly SweepOptimum[]): string[] =>
  list.length === 0
    ? []
    : [
        '',
        ...table([
          ['budget', 'images', 'bytes each', 'error', '95 %', 'training', 'do: images', 'quality', 'real bytes'],
          ...list.map(({ budgetBytes, images, bytes, error, interval: [low, high], seconds, real }) => [
            formatBytes(budgetBytes),
            count(Math.round(images)),
            count(Math.round(bytes)),
            error.toFixed(4),
            `${low.toFixed(4)} … ${high.toFixed(4)}`,
            formatSeconds(seconds),
            ...(real ? [count(real.images), String(real.quality), count(real.bytes)] : ['–', '–', '–']),
          ]),
        ]),
      ];
