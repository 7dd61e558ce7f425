import { configurations, type AdaptReport, type AdaptRow, type Measured } from '../src/protocol/adapt.ts';
import { formatBytes, formatSeconds, formatShare } from '../src/protocol/format.ts';
import { mean, table } from './page.ts';

const percent = ({ mean: value, half }: Measured) => `${(100 * value).toFixed(2)} ± ${(100 * half).toFixed(2)}`;
const whole = (value: number) => Math.round(value).toLocaleString('en');

/** The results page: reports of one dataset that differ by what the network sees. */
export function adaptPage(reports: readonly AdaptReport[]): string {
  const [{ trainImages, testImages, seeds, rows }] = reports as [AdaptReport, ...AdaptReport[]];
  const epochs = rows[0]?.epochs.length ?? 0;
  const lines = [
    '# AdaptCompression: what was measured',
    '',
    `Written by \`npm run bench -- adapt\` from a part of MNIST: ${whole(trainImages)} of its 60,000 training images, classes in their proportions, and all ${whole(testImages)} test images. ${epochs} epochs, ${seeds} seeds, batches of 64, Adam at 0.001. ± is half of the 95 % interval over test images and seeds; what is far from \`fixed-8\` is paired by image and seed. [What was built, and how the published code differs](../decisions/0011-adaptcompression.md).`,
    '',
    `A byte is a coefficient: what the kept ones would take at 8 bits each, of ${formatBytes(trainImages * 28 ** 2)} of pixels an epoch. Nothing is entropy-coded, so these are no bytes of files; those a plan has (\`--plan\`). Two trainings ran side by side, each in one thread.`,
    ...reports.flatMap(section),
    '',
  ];
  return lines.join('\n');
}

function section({ input, rows, trainImages, side, channels }: AdaptReport): string[] {
  const pixels = trainImages * side ** 2 * channels;
  const last = (row: AdaptRow) => row.epochs.at(-1) as AdaptRow['epochs'][number];
  const shown = [0, 1, 2, 4, 6, 9].filter((epoch) => epoch < (rows[0]?.epochs.length ?? 0));
  return [
    '',
    `## The network sees ${input === 'image' ? 'the images that the coefficients make' : 'the coefficients'}`,
    '',
    ...table(
      [
        'configuration',
        'accuracy, per cent',
        'from fixed-8',
        'test images at high compression',
        'training',
        'bytes of all epochs',
        'of the last',
      ],
      rows.map((row) => [
        row.name,
        percent(row.accuracy),
        row.difference ? percent(row.difference) : '',
        percent(row.compressedAccuracy),
        formatSeconds(row.seconds),
        formatShare(mean(row.epochs.map(({ coefficients }) => coefficients)) / pixels),
        formatShare(last(row).coefficients / pixels),
      ]),
    ),
    '',
    'Images at low compression by epoch, per cent; the others are at high compression:',
    '',
    ...table(
      ['configuration', ...shown.map((epoch) => String(epoch + 1))],
      rows
        .filter(({ name }) => configurations[name].rule !== 'none')
        .map((row) => [row.name, ...shown.map((at) => (100 * (row.epochs[at]?.lowShare ?? NaN)).toFixed(0))]),
    ),
  ];
}
