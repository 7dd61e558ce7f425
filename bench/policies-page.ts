import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Evaluation, PairedDifference, PolicyTrial, Verdict } from '../src/protocol/evaluation.ts';
import { formatBytes } from '../src/protocol/format.ts';
import { markOf, metricOf } from '../src/protocol/metric.ts';
import type { PolicyName } from '../src/protocol/policy.ts';
import { forest } from './forest.ts';
import { table } from './page.ts';

/** A dataset's evaluations of plans by `sensitivity`, by growing budget. */
export interface EvaluatedSet {
  readonly name: string;
  readonly words: string;
  readonly evaluations: readonly Evaluation[];
}

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
const points = (value: number) => `${value < 0 ? '−' : '+'}${(100 * Math.abs(value)).toFixed(1)}`;
const difference = (own: PairedDifference | undefined) =>
  own ? `${points(own.mean)} (${own.interval.map(points).join(' to ')})` : '';
const nameOf = ({ policy }: PolicyTrial): PolicyName => (policy === 'plan' ? 'sensitivity' : policy);

/** Writes policies.md and its figures: each dataset's budgets, with what every policy's networks reach. */
export function writePoliciesPage(sets: readonly EvaluatedSet[], folder: string): void {
  mkdirSync(path.join(folder, 'figures'), { recursive: true });
  const lines = [
    '# Policies at equal bytes: what was measured',
    '',
    'Written by `npm run bench -- policies`: the same small network, trained on what each policy keeps with the same seeds and steps, and tested on the same images, as they are and compressed. A difference is the plan by sensitivities less the rival, paired by seed and test image, with its 95 % interval over both; “better” and “worse” are said of the plan where the interval excludes 0. A budget is the bytes of one quality for all, which stands behind it.',
    '',
    ...sets.flatMap((set) => setLines(set, folder)),
  ];
  writeFileSync(path.join(folder, 'policies.md'), lines.join('\n'));
}

function setLines({ name, words, evaluations }: EvaluatedSet, folder: string): string[] {
  const [first] = evaluations;
  if (first === undefined) return [];
  const { task, trainImages, testImages, tested, seeds, epochs } = first;
  const policies = first.trials.map(nameOf);
  const trialOf = (evaluation: Evaluation, policy: PolicyName) =>
    evaluation.trials.find((trial) => nameOf(trial) === policy);
  const budgets = evaluations.map(({ budgetBytes, compressedAt }) => `${formatBytes(budgetBytes)} (q${compressedAt})`);
  const figure = `figures/policies-${name}.svg`;
  writeFileSync(
    path.join(folder, figure),
    forest(
      `Test ${metricOf(task)} by policy: ${words}`,
      'per cent; bars: two standard errors over seeds on the same test images',
      policies,
      evaluations.map((evaluation, k) => ({
        title: budgets[k] ?? '',
        values: policies.map((policy) => {
          const { error = NaN, standardError = NaN } = trialOf(evaluation, policy) ?? {};
          return { value: 100 * (1 - error), half: 200 * standardError };
        }),
      })),
      ['sensitivity'],
    ),
  );
  return [
    `## ${words.charAt(0).toUpperCase()}${words.slice(1)}`,
    '',
    `Up to ${trainImages.toLocaleString('en')} images to train on, ${testImages.toLocaleString('en')} to test on (${tested}); ${seeds} seeds, ${epochs} epochs.`,
    '',
    ...evaluations.map((evaluation, k) => `- ${budgets[k]}: ${verdictWords(evaluation)}`),
    '',
    `![Test ${metricOf(task)} by policy](${figure})`,
    '',
    ...table(
      ['policy', ...budgets],
      policies.map((policy) => [
        policy,
        ...evaluations.map((evaluation) => {
          const { error = NaN, standardError = NaN } = trialOf(evaluation, policy) ?? {};
          return `${percent(1 - error)} ± ${percent(standardError)}`;
        }),
      ]),
    ),
    '',
    ...evaluations.flatMap(budgetLines),
  ];
}

/** What the plan is better than, worse than, and not told from. */
function verdictWords({ trials }: Evaluation): string {
  const rivals = (wanted: Verdict) =>
    trials.filter((trial) => trial.difference?.verdict === wanted).map((trial) => `\`${nameOf(trial)}\``);
  return (['better', 'worse', 'no difference seen'] as const)
    .map((verdict) => ({ verdict, names: rivals(verdict) }))
    .filter(({ names }) => names.length > 0)
    .map(
      ({ verdict, names }) =>
        `${verdict === 'no difference seen' ? 'no difference seen to' : `${verdict} than`} ${names.join(', ')}`,
    )
    .join('; ');
}

function budgetLines({ task, budgetBytes, compressedAt, trials }: Evaluation): string[] {
  return [
    `### ${formatBytes(budgetBytes)}`,
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
      trials.map(({ images, bytes, error, standardError, ...own }) => [
        nameOf({ images, bytes, error, standardError, ...own }),
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
