import { capital, formatBytes, formatPoints, formatShare } from '../protocol/format.ts';
import { metricOf } from '../protocol/metric.ts';
import { curveTitles, coverageWords, predictedAt, type Prediction } from '../protocol/prediction.ts';
import { count, table } from './describe.ts';
import type { Described } from './run-job.ts';

export function describePrediction(prediction: Prediction): Described {
  const { root, task, policy, trainImages, testImages, tested, seeds, epochs, engine } = prediction;
  const { points, original, curve, missed, coverage } = prediction;
  const percent = (error: number) => (100 * (1 - error)).toFixed(2);
  const other = curve.kind === 'line' ? 'points' : 'line';
  const [low, high] = coverage.interval;
  const text = [
    `Dataset   ${root}: up to ${count(trainImages)} images to train on, ${count(testImages)} to test on (${tested})`,
    `Plan      policy ${policy}`,
    `Networks  ${seeds} trainings at each budget, ${epochs} epochs, on ${engine}`,
    '',
    `${capital(metricOf(task))} in per cent on originals: as measured, and with the 90 % interval of another budget's trainings there`,
    ...table([
      ['copy', 'measured', 'of every training', 'predicted', '90 %'],
      ...points.map((point) => {
        const { error, interval } = predictedAt(prediction, point);
        return [
          ...[formatBytes(point.bytes), percent(point.error), point.errors.map(percent).join(' '), percent(error)],
          interval.toReversed().map(percent).join(' … '),
        ];
      }),
      [
        formatBytes(original.bytes),
        percent(original.error),
        original.errors.map(percent).join(' '),
        '',
        'all originals',
      ],
    ]),
    '',
    `Predicted by ${curveTitles[curve.kind]}, which misses a left-out budget by ${formatPoints(missed[curve.kind])}; ${curveTitles[other]} would miss it by ${formatPoints(missed[other])}`,
    `Coverage  ${coverageWords(coverage)}: a share of ${formatShare(low, 0)} to ${formatShare(high, 0)}, where 90 % was meant`,
    `          plans under this analysis now carry what is predicted of them`,
  ];
  return { text: text.join('\n') };
}
