import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { formatBytes, formatMilliseconds } from '../src/protocol/format.ts';
import type { LawFit } from '../src/protocol/law.ts';
import { metricOf } from '../src/protocol/metric.ts';
import type { SweepReport } from '../src/protocol/sweep.ts';
import { chart } from './chart.ts';
import { mean, paired, table } from './page.ts';

/** Trainings at one quality on as many images as a budget holds. */
export interface Trial {
  readonly budgetBytes: number;
  readonly quality: number | 'original';
  readonly images: number;
  readonly errors: readonly number[];
}

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
const whole = (value: number) => Math.round(value).toLocaleString('en');

/** Writes PAGE.md and its figure into a folder. */
export function writeLawPage(
  { report, trials }: { report: SweepReport; trials: readonly Trial[] },
  { page, words }: { page: string; words: string },
  folder: string,
): void {
  mkdirSync(path.join(folder, 'figures'), { recursive: true });
  const figure = `figures/${page}-sweep.svg`;
  const { law, optima, trainImages, testImages, epochs, minutes, left } = report;
  const metric = metricOf(report.task);
  writeFileSync(
    path.join(folder, figure),
    sweepChart(report, `Test error, 1 − ${metric}, by number of training images (per cent)`),
  );
  const lines = [
    `# The storage law of ${page === 'law' ? 'CIFAR-10' : words.replace(/ \(.*/, '')}: what was measured`,
    '',
    `Written by \`npm run bench -- law\` (the sweep took ${minutes.toFixed(0)} minutes on two cores) from ${words}: up to ${whole(trainImages)} training images, ${whole(testImages)} test images, tested as originals. The error is 1 − ${metric} of the product's small network for ${report.task}; ${epochs} epochs (small sets get a least number of steps), up to three seeds a cell. Subsets are nested and hold the classes in proportion; bytes are those of the encoder.`,
    '',
    'Other sets: [CIFAR-10](law.md), [CamVid](law-camvid.md), [BCCD](law-bccd.md).',
    '',
    '## The sweep',
    '',
    `![Test error by number of training images, for some qualities](${figure})`,
    '',
    ...sweepTable(report),
    '',
    `± is half of the 95 % interval over seeds, on the same ${whole(testImages)} test images: another test set would move all figures together. ${left.hopeless} trainings were left out because their cell was clearly worse than one of no more bytes, ${left.late} because their time was over. A training of n images took ${report.time.fixedSeconds.toFixed(1)} s + ${formatMilliseconds(report.time.secondsPerImage)} × n, two at a time, while other work ran on the machine.`,
    '',
    ...(law ? lawLines(law) : ['The cells tell no law.', '']),
    ...(optima
      ? [
          `The best mixes${optima.by === 'law' ? '' : ', between the cells by a surface that never rises with images or bytes (cells that were not trained are as the law expects, between what their neighbours allow)'}:`,
          '',
          ...table(
            ['budget', 'images', 'bytes each', 'expected error', '95 %', 'in real bytes'],
            optima.list.map(({ budgetBytes, images, bytes, error, interval, real }) => [
              formatBytes(budgetBytes),
              whole(images),
              whole(bytes),
              percent(error),
              interval.map(percent).join(' to '),
              real
                ? `${whole(real.images)} images at q${real.quality}, ${formatBytes(real.bytes)}`
                : 'not one image fits',
            ]),
          ),
          '',
        ]
      : []),
    '## The optimum against originals, trained',
    '',
    'The best mix as far as real bytes let it be made, against as many originals as the budget holds, by the same trainings; the difference is paired by seed, with its 95 % interval.',
    '',
    ...table(
      ['budget', 'quality', 'images', 'error', 'against originals'],
      trials.map((trial) => trialRow(trial, trials)),
    ),
    '',
  ];
  writeFileSync(path.join(folder, `${page}.md`), lines.join('\n'));
}

const sizesOf = ({ cells }: SweepReport) => [...new Set(cells.map(({ images }) => images))].sort((a, b) => a - b);
const orderOf = (quality: number | 'original') => (quality === 'original' ? Infinity : quality);
const qualitiesOf = ({ cells }: SweepReport) =>
  [...new Set(cells.map(({ quality }) => quality))].sort((a, b) => orderOf(a) - orderOf(b));
const cellOf = ({ cells }: SweepReport, images: number, quality: number | 'original') =>
  cells.find((one) => one.images === images && one.quality === quality);
const nameOf = (quality: number | 'original') => (quality === 'original' ? 'original' : `q${quality}`);

function sweepChart(report: SweepReport, title: string): string {
  const sizes = sizesOf(report);
  const qualities = qualitiesOf(report);
  const drawn = qualities
    .filter((_, k) => k % 2 === 0 || k === qualities.length - 1)
    // Lines need a value at every size.
    .filter((quality) => sizes.every((images) => cellOf(report, images, quality)));
  return chart(
    title,
    sizes.map(String),
    drawn.map((quality) => ({
      name: nameOf(quality),
      values: sizes.map((images) => 100 * (cellOf(report, images, quality)?.error ?? NaN)),
      interval: sizes.map((images) => 196 * (cellOf(report, images, quality)?.standardError ?? 0)),
    })),
  );
}

function sweepTable(report: SweepReport): string[] {
  const qualities = qualitiesOf(report);
  return table(
    ['images', ...qualities.map(nameOf)],
    sizesOf(report).map((images) => [
      String(images),
      ...qualities.map((quality) => {
        const own = cellOf(report, images, quality);
        return own
          ? `${percent(own.error)} ± ${(196 * own.standardError).toFixed(1)} (${formatBytes(own.images * own.bytes)})`
          : '–';
      }),
    ]),
  );
}

function lawLines({ law, rSquared, points, aicc, intervals, heldOut, trusted }: LawFit): string[] {
  const forms = Object.entries(aicc).map(([form, value]) => `${form} ${value.toFixed(1)}`);
  return [
    '## The law',
    '',
    `Form: ${law.form}; R² = ${rSquared.toFixed(4)} on ${points} points (originals, of another codec or quality, are not among them); n₀ = ${whole(law.images0)}, L₀ = ${whole(law.bytes0)} bytes. AICc: ${forms.join(', ')}.`,
    '',
    ...table(
      ['parameter', 'value', '95 %'],
      (['floor', 'a', 'alpha', 'b', 'beta', 'headerBytes'] as const).map((name) => [
        name,
        figureOf(law[name]),
        intervals[name].map(figureOf).join(' to '),
      ]),
    ),
    '',
    heldOut
      ? `Held out: the law of the smaller sizes misses the ${whole(heldOut.images)} images by ${(100 * heldOut.miss).toFixed(2)} ± ${(100 * heldOut.standardError).toFixed(2)} points (one standard error): it is ${trusted ? '' : 'not '}trusted.`
      : 'Nothing could be held out.',
    '',
  ];
}

/** What is nothing but rounding is 0. */
const figureOf = (value: number) => (Math.abs(value) < 1e-6 ? '0' : value.toPrecision(3));

function trialRow({ budgetBytes, quality, images, errors }: Trial, trials: readonly Trial[]): string[] {
  const originals = trials.find((one) => one.budgetBytes === budgetBytes && one.quality === 'original');
  const comparable = quality !== 'original' && originals !== undefined && originals.images > 0;
  return [
    formatBytes(budgetBytes),
    nameOf(quality),
    whole(images),
    images === 0 ? 'not one fits' : percent(mean(errors)),
    comparable ? paired(errors, originals.errors) : '',
  ];
}
