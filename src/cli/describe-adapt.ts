import type { AdaptEpoch, AdaptPlan, AdaptReport, AdaptRow, Measured } from '../protocol/adapt.ts';
import { formatBytes, formatSeconds, formatShare, plural } from '../protocol/format.ts';
import { count, table } from './describe.ts';
import type { Described } from './run-job.ts';

const epochsShown = 10;

export function describeAdapt(report: AdaptReport): Described {
  const { root, trainImages, testImages, tested, seeds, input, side, channels, engine, rows, plan } = report;
  const epochs = rows[0]?.epochs.length ?? 0;
  const seen = `${input === 'image' ? 'images' : 'coefficients'} of ${side}×${side}×${channels}`;
  const text = [
    `Dataset   ${root}: ${count(trainImages)} images to train on, ${count(testImages)} to test on (${tested})`,
    `Networks  ${plural(rows.length, 'configuration')} × ${plural(seeds, 'seed')}, ${plural(epochs, 'epoch')}, on ${seen}, on ${engine}`,
    '',
    'Accuracy (per cent, ± 95 %) on uncompressed test images, and on those at high compression',
    ...accuracyTable(rows, trainImages * side ** 2 * channels),
    '(bytes: coefficients that are kept, one byte each, of as many as there are pixels)',
    '',
    'Images trained on at low / at high compression, per cent, by epoch',
    ...table(
      byEpoch(rows, ({ lowShare, highShare }, { kept }) =>
        kept.low === kept.high ? '100' : `${whole(lowShare)}/${whole(highShare)}`,
      ),
    ),
    '',
    'Bytes of the kept coefficients by epoch',
    ...table(byEpoch(rows, ({ coefficients }) => formatBytes(coefficients))),
    ...(plan ? planLines(plan) : []),
  ];
  return { text: text.join('\n') };
}

const accuracyTable = (rows: readonly AdaptRow[], pixels: number) =>
  table([
    ['configuration', 'kept', 'accuracy', `from ${rows[0]?.name ?? ''}`, 'compressed', 'training', 'bytes an epoch'],
    ...rows.map((row) => [
      row.name,
      levels(row),
      percent(row.accuracy),
      row.difference ? percent(row.difference) : '–',
      percent(row.compressedAccuracy),
      formatSeconds(row.seconds),
      formatShare(mean(row.epochs.map(({ coefficients }) => coefficients)) / pixels),
    ]),
  ]);

/** A column an epoch; of many, some and the last. */
function byEpoch(rows: readonly AdaptRow[], cell: (epoch: AdaptEpoch, row: AdaptRow) => string): string[][] {
  const last = (rows[0]?.epochs.length ?? 0) - 1;
  const shown = (at: number) => at === last || at % Math.ceil((last + 1) / epochsShown) === 0;
  return [
    ['epoch', ...(rows[0]?.epochs ?? []).map((_, at) => String(at + 1)).filter((_, at) => shown(at))],
    ...rows.map((row) => [row.name, ...row.epochs.filter((_, at) => shown(at)).map((epoch) => cell(epoch, row))]),
  ];
}

const levels = ({ kept: { low, high } }: AdaptRow) =>
  low === high ? `${low}×${low}` : `${low}×${low} or ${high}×${high}`;

const percent = ({ mean: value, half }: Measured) => `${(100 * value).toFixed(2)} ± ${(100 * half).toFixed(2)}`;
const whole = (share: number) => (100 * share).toFixed(0);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function planLines({ path, originalBytes, bytes, mix }: AdaptPlan): string[] {
  const options = Object.entries(mix).map(
    ([option, files]) => `${count(files)} ${option === 'original' ? 'as they are' : `at quality ${option}`}`,
  );
  return [
    '',
    `Plan      ${path}`,
    `          ${formatBytes(bytes)} of ${formatBytes(originalBytes)} (${formatShare(bytes / originalBytes)}): ${options.join(', ')}`,
  ];
}
