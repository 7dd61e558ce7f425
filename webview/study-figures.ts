/** The study's charts: accuracy by tested quality, and losses of test images from the sturdiest to the most sensitive. */
import { capital, formatNats, formatShare } from '../src/protocol/format.ts';
import { markOf } from '../src/protocol/metric.ts';
import type { StudyQuality, StudyReport } from '../src/protocol/study.ts';
import type { Chart } from './charts/figure.ts';
import { lineChart } from './charts/line-chart.ts';

export const qualityTitle = (quality: StudyQuality): string => (quality === 'original' ? 'original' : `q ${quality}`);
export const shortQuality = (quality: StudyQuality): string => (quality === 'original' ? 'orig.' : String(quality));

export const studyFigures = (report: StudyReport): Chart[] => [metricByQuality(report), ...losses(report)];

function metricByQuality(report: StudyReport): Chart {
  const { task, trained, qualities, accuracy, interval, regions } = report;
  const row = (values: Float32Array, t: number) =>
    Array.from(values.subarray(t * qualities.length, (t + 1) * qualities.length));
  return lineChart({
    title: `${capital(markOf(task))} by tested quality`,
    reading: regionsSentence(report),
    ...{ x: 'tested quality', y: markOf(task) },
    places: qualities.map(shortQuality),
    lines: trained.map((quality, t) => ({
      name: `trained at ${qualityTitle(quality)}`,
      values: row(accuracy, t),
      interval: row(interval, t),
    })),
    shades: regions
      .filter(({ sure }) => sure)
      .map((region) => ({
        name: `${qualityTitle(region.trained)} best`,
        from: qualities.indexOf(region.from),
        to: qualities.indexOf(region.to),
      })),
    format: formatShare,
  });
}

function regionsSentence({ regions }: StudyReport): string {
  const sure = regions.filter((region) => region.sure);
  if (sure.length === 0) return 'At no tested quality is one network clearly the best: the intervals overlap.';
  const parts = sure.map(({ trained, from, to }) =>
    from === to
      ? `${qualityTitle(trained)} at ${qualityTitle(from)}`
      : `${qualityTitle(trained)} from ${qualityTitle(from)} to ${qualityTitle(to)}`,
  );
  return `Clearly the best to train at, by tested quality: ${parts.join('; ')}.`;
}

/** Of groups of test images, sorted by their difference at a middling quality. */
function losses({ trained, qualities, curves }: StudyReport): Chart[] {
  const groups = [...Array(curves.groups).keys()];
  const lossAt = (group: number, quality: StudyQuality) =>
    curves.loss[group * qualities.length + qualities.indexOf(quality)] ?? NaN;
  const differenceAt = (group: number, quality: StudyQuality) => lossAt(group, quality) - lossAt(group, 'original');
  const shown = qualities.filter(
    (quality) => quality === trained[0] || quality === trained[1] || quality === 'original',
  );
  const [lowest] = shown;
  const [middle, last] = [curves.groups >> 1, curves.groups - 1];
  const shared = {
    x: 'share of the test images',
    places: groups.map((group) => formatShare((group + 0.5) / curves.groups, 0)),
    format: formatNats,
  };
  const linesOf = (of: readonly StudyQuality[], name: string, valueAt: typeof lossAt) =>
    of.map((quality) => ({
      name: `${name} at ${qualityTitle(quality)}`,
      values: groups.map((group) => valueAt(group, quality)),
    }));
  const compared = (name: string, valueAt: typeof lossAt) =>
    lowest === undefined
      ? undefined
      : `At ${qualityTitle(lowest)} ${name} is ${formatNats(valueAt(last, lowest), 2)} nats for the most sensitive images and ${formatNats(valueAt(middle, lowest), 2)} in the middle.`;
  return [
    lineChart({
      title: `Loss (nats) of test images, sorted by their difference at ${qualityTitle(curves.sortedBy)}`,
      reading: compared('the loss', lossAt),
      ...{ ...shared, y: 'loss, nats', lines: linesOf(shown, 'loss', lossAt) },
    }),
    lineChart({
      title: 'Loss difference (nats) in the same order',
      reading: compared('the difference', differenceAt),
      ...{ ...shared, y: 'loss difference, nats' },
      lines: linesOf(
        shown.filter((quality) => quality !== 'original'),
        'difference',
        differenceAt,
      ),
    }),
  ];
}
