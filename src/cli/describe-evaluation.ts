import type { Evaluation, PairedDifference, PolicyTrial } from '../protocol/evaluation.ts';
import { capital, formatBytes } from '../protocol/format.ts';
import { markOf, metricOf } from '../protocol/metric.ts';
import { count, table } from './describe.ts';
import type { Described } from './run-job.ts';

export function describeEvaluation({ trials, ...own }: Evaluation): Described {
  const { root, task, planned, budgetBytes, trainImages, testImages, tested, compressedAt, seeds, epochs, engine } =
    own;
  const [plan, ...rivals] = trials;
  const points = (value: number) => `${value < 0 ? '−' : '+'}${(100 * Math.abs(value)).toFixed(2)}`;
  const percent = (value: number) => (100 * value).toFixed(2);
  const unequal = rivals.filter(({ bytes }) => plan && Math.abs(bytes / plan.bytes - 1) > 0.005);
  const compared = (title: string, differenceOf: (trial: PolicyTrial) => PairedDifference | undefined) => [
    '',
    `${title}: the plan less each rival, in points of ${markOf(task)}`,
    ...table([
      ['against', 'difference', '95 %', 'the plan is'],
      ...rivals.flatMap((trial) => {
        const found = differenceOf(trial);
        if (!found) return [];
        const { mean, interval, verdict } = found;
        return [[trial.policy, points(mean), interval.map(points).join(' … '), verdict]];
      }),
    ]),
  ];
  const text = [
    `Dataset   ${root}: ${count(trainImages)} images to train on, ${count(testImages)} to test on (${tested})`,
    `Plan      policy ${planned}, a budget of ${formatBytes(budgetBytes)}`,
    `Networks  ${seeds} seeds, ${epochs} epochs, on ${engine}`,
    '',
    `${capital(metricOf(task))} in per cent, on originals and on test images compressed to q${compressedAt}`,
    ...table([
      ['policy', 'images', 'bytes', 'on originals', '± 1 SE', 'on compressed'],
      ...trials.map(({ policy, images, bytes, error, standardError, compressedError }) => [
        policy,
        count(Math.round(images)),
        formatBytes(bytes),
        percent(1 - error),
        percent(standardError),
        percent(1 - compressedError),
      ]),
    ]),
    ...compared('On originals', ({ difference }) => difference),
    ...compared(`On images at q${compressedAt}`, ({ compressedDifference }) => compressedDifference),
    ...unequal.map(
      ({ policy, bytes }) =>
        `Unequal   ${policy} takes ${formatBytes(bytes)}, more than 0.5 % from the plan's ${formatBytes(plan?.bytes ?? NaN)}`,
    ),
  ];
  return { text: text.join('\n') };
}
