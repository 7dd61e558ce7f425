import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Evaluation, PairedDifference } from '../src/protocol/evaluation.ts';
import { formatBytes } from '../src/protocol/format.ts';
import { markOf, metricOf } from '../src/protocol/metric.ts';
import { table } from './page.ts';

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
const points = (value: number) => `${value < 0 ? '−' : '+'}${(100 * Math.abs(value)).toFixed(1)}`;
const difference = (own: PairedDifference | undefined) =>
  own ? `${points(own.mean)} (${own.interval.map(points).join(' to ')})` : '';

/** Writes policies.md: each dataset's budgets, with what every policy's networks reach. */
export function writePoliciesPage(
  sets: Readonly<Record<string, { readonly words: string; readonly evaluations: readonly Evaluation[] }>>,
  folder: string,
): void {
  mkdirSync(folder, { recursive: true });
  const lines = Object.values(sets).flatMap(({ words, evaluations }) => [
    `## ${words.charAt(0).toUpperCase()}${words.slice(1)}`,
    '',
    ...evaluations.flatMap((evaluation) => budgetLines(evaluation)),
  ]);
  const head = [
    '# Policies at equal bytes: what was measured',
    '',
    'Written by `npm run bench -- policies`: the same small network, trained on what each policy keeps with the same seeds and steps, and tested on the same images, as they are and compressed. A difference is the plan by sensitivities less the rival, paired by seed and test image, with its 95 % interval over both.',
    '',
  ];
  writeFileSync(path.join(folder, 'policies.md'), [...head, ...lines].join('\n'));
}

function budgetLines({
  task,
  budgetBytes,
  trainImages,
  testImages,
  tested,
  seeds,
  epochs,
  compressedAt,
  trials,
}: Evaluation) {
  const [plan, ...rivals] = trials;
  return [
    `### ${formatBytes(budgetBytes)}`,
    '',
    `Up to ${trainImages.toLocaleString('en')} images to train on, ${testImages.toLocaleString('en')} to test on (${tested}); ${seeds} seeds, ${epochs} epochs. The plan's ${metricOf(task)} on originals is ${percent(1 - (plan?.error ?? NaN))}.`,
    '',
    ...table(
      [
        'policy',
        'images',
        'bytes',
        metricOf(task),
        `plan less it, ${markOf(task)}`,
        `on images at q${compressedAt}`,
        'the plan is',
      ],
      [...(plan ? [plan] : []), ...rivals].map(({ policy, images, bytes, error, standardError, ...own }) => [
        policy,
        Math.round(images).toLocaleString('en'),
        formatBytes(bytes),
        `${percent(1 - error)} ± ${percent(standardError)}`,
        difference(own.difference),
        difference(own.compressedDifference),
        own.difference?.verdict ?? '',
      ]),
    ),
    '',
  ];
}
