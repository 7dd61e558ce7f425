import { formatBytes, plural } from '../protocol/format.ts';
import { metricOf } from '../protocol/metric.ts';
import type { SweepReport } from '../protocol/sweep.ts';
import { lawLines, optimumLines } from './describe-law.ts';
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
  minutes,
}: SweepReport): Described {
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
    ...optimumLines(optima?.list ?? []),
  ];
  return { text: text.join('\n') };
}
