import { capital, formatShare } from '../protocol/format.ts';
import { markOf } from '../protocol/metric.ts';
import type { Region, StudyQuality, StudyReport } from '../protocol/study.ts';
import { count, table } from './describe.ts';
import type { Described } from './run-job.ts';

const title = (quality: StudyQuality) => (quality === 'original' ? 'original' : `q${quality}`);

export function describeStudy(report: StudyReport): Described {
  const { root, trainImages, testImages, tested, seeds, epochs, side, engine, trained, qualities } = report;
  const cells = (t: number, values: Float32Array) => values.subarray(t * qualities.length, (t + 1) * qualities.length);
  const percent = (value: number) => (100 * value).toFixed(1);
  const text = [
    `Dataset   ${root}: ${count(trainImages)} images to train on, ${count(testImages)} to test on (${tested})`,
    `Networks  ${trained.map(title).join(', ')} × ${seeds} seeds, ${epochs} epochs, ${side}×${side}, on ${engine}`,
    '',
    `${capital(markOf(report.task))} by tested quality (per cent), and half of the largest 95 % interval`,
    ...table([
      ['trained at', ...qualities.map(title), '±'],
      ...trained.map((quality, t) => [
        title(quality),
        ...Array.from(cells(t, report.accuracy), percent),
        percent(Math.max(...cells(t, report.interval))),
      ]),
    ]),
    '',
    ...report.regions.map((region) => `Best      ${regionWords(region)}`),
    '',
    'Mean loss difference (nats) of test images under networks trained on originals',
    ...table([
      ['cluster', 'images', 'loss', ...qualities.slice(0, -1).map(title)],
      ...report.clusters.map(({ name, samples, meanLoss, meanSensitivity }) => [
        name,
        count(samples),
        meanLoss.toFixed(2),
        ...Array.from(meanSensitivity, (value) => value.toFixed(2)),
      ]),
    ]),
    '',
    `Overlap of the ${formatShare(report.topShare)} of pixels that the loss rests on most with networks trained on originals`,
    ...table([
      ['trained at', 'IoU', '95 %'],
      ...report.attribution.map(({ trained: own, overlap, interval: [low, high] }) => [
        title(own),
        overlap.toFixed(3),
        `${low.toFixed(3)} … ${high.toFixed(3)}`,
      ]),
    ]),
    ...(seeds > 1 ? ['(originals against originals of other seeds are the control)'] : []),
  ];
  return { text: text.join('\n') };
}

const regionWords = ({ trained, from, to, sure }: Region) =>
  `${from === to ? title(from) : `${title(from)} to ${title(to)}`}: trained at ${title(trained)}${sure ? '' : ' (within the noise)'}`;
