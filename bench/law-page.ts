import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { formatBytes } from '../src/protocol/format.ts';
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

export function writeLawPage(
  { report, trials }: { report: SweepReport; trials: readonly Trial[] },
  folder: string,
): void {
  mkdirSync(path.join(folder, 'figures'), { recursive: true });
  const { cells, law } = report;
  const sizes = [...new Set(cells.map(({ images }) => images))].sort((a, b) => a - b);
  const qualities = [...new Set(cells.map(({ quality }) => quality))];
  const cell = (images: number, quality: number | 'original') =>
    cells.find((one) => one.images === images && one.quality === quality);
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  writeFileSync(
    path.join(folder, 'figures', 'sweep.svg'),
    chart(
      'Test error by number of training images (per cent)',
      sizes.map(String),
      qualities
        .filter((_, k) => k % 2 === 0 || k === qualities.length - 1)
        .map((quality) => ({
          name: quality === 'original' ? 'original' : `q${quality}`,
          values: sizes.map((images) => 100 * (cell(images, quality)?.error ?? NaN)),
          interval: sizes.map((images) => 196 * (cell(images, quality)?.standardError ?? 0)),
        })),
    ),
  );
  const lines = [
    '# The storage law: what was measured',
    '',
    `Written by \`npm run bench -- law\` (the sweep took ${report.minutes.toFixed(0)} minutes on two cores) from CIFAR-10, stored without loss: up to ${report.trainImages.toLocaleString('en')} training images, ${report.testImages.toLocaleString('en')} test images, tested as originals; the product's small network, ${report.epochs} epochs, up to three seeds a cell. Subsets are nested and hold the classes in proportion; bytes are those of the encoder.`,
    '',
    '## The sweep',
    '',
    '![Test error by number of training images, for some qualities](figures/sweep.svg)',
    '',
    ...table(
      ['images', ...qualities.map((quality) => (quality === 'original' ? 'original (PNG)' : `q${quality}`))],
      sizes.map((images) => [
        String(images),
        ...qualities.map((quality) => {
          const own = cell(images, quality);
          return own
            ? `${percent(own.error)} ± ${(196 * own.standardError).toFixed(1)} (${formatBytes(own.images * own.bytes)})`
            : '–';
        }),
      ]),
    ),
    '',
    `${report.left.hopeless} trainings were left out because their cell was clearly worse than one of no more bytes.`,
    '',
    ...(law
      ? [
          '## The law',
          '',
          `Form: ${law.law.form}; R² = ${law.rSquared.toFixed(4)} on ${law.points} points (originals are of another codec and not among them); n₀ = ${law.law.images0.toFixed(0)}, L₀ = ${law.law.bytes0.toFixed(0)} bytes. AICc: ${Object.entries(
            law.aicc,
          )
            .map(([form, value]) => `${form} ${value.toFixed(1)}`)
            .join(', ')}.`,
          '',
          ...table(
            ['parameter', 'value', '95 %'],
            (['floor', 'a', 'alpha', 'b', 'beta', 'headerBytes'] as const).map((name) => [
              name,
              law.law[name].toPrecision(3),
              law.intervals[name].map((value) => value.toPrecision(3)).join(' to '),
            ]),
          ),
          '',
          law.heldOut
            ? `Held out: the law of the smaller sizes misses the ${law.heldOut.images.toLocaleString('en')} images by ${(100 * law.heldOut.miss).toFixed(2)} ± ${(100 * law.heldOut.standardError).toFixed(2)} points (one standard error): it is ${law.trusted ? '' : 'not '}trusted.`
            : 'Nothing could be held out.',
          '',
          ...table(
            ['budget', 'images', 'bytes each', 'expected error', '95 %'],
            law.optima.map(({ budgetBytes, images, bytes, error, interval }) => [
              formatBytes(budgetBytes),
              Math.round(images).toLocaleString('en'),
              bytes.toFixed(0),
              percent(error),
              interval.map(percent).join(' to '),
            ]),
          ),
          '',
        ]
      : ['The cells tell no law.', '']),
    '## The optimum against originals, trained',
    '',
    "At the quality nearest to the law's optimum, on as many images as the budget holds, against as many originals as it holds; the difference is paired by seed, with its 95 % interval.",
    '',
    ...table(
      ['budget', 'quality', 'images', 'error', 'against originals'],
      trials.map(({ budgetBytes, quality, images, errors }) => [
        formatBytes(budgetBytes),
        String(quality),
        images.toLocaleString('en'),
        percent(mean(errors)),
        quality === 'original'
          ? ''
          : paired(
              errors,
              trials.find((one) => one.budgetBytes === budgetBytes && one.quality === 'original')?.errors ?? [],
            ),
      ]),
    ),
    '',
  ];
  writeFileSync(path.join(folder, 'law.md'), lines.join('\n'));
}
