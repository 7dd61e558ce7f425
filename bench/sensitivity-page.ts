import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { proxyTitles, type ProxyEvaluation } from '../src/protocol/proxies.ts';
import type { StudyReport } from '../src/protocol/study.ts';
import { chart } from './chart.ts';
import { mean, paired, pairedDifference, table } from './page.ts';

/** Everything that the page shows; typed arrays as arrays. */
export interface SensitivityFigures {
  readonly ladder: readonly number[];
  readonly images: number;
  readonly folds: number;
  readonly budgets: readonly number[];
  readonly splitHalf: readonly { readonly seeds: number; readonly rho: number }[];
  readonly meanByKind: Readonly<Record<'mixed' | 'originals' | 'inSample', readonly number[]>>;
  readonly settings: readonly {
    readonly epochs: number;
    readonly seeds: number;
    readonly seconds: number;
    readonly regret: readonly number[];
    readonly accuracy: number;
  }[];
  readonly uniformRegret: readonly number[];
  readonly regretByKind: Readonly<Record<'mixed' | 'originals', readonly number[]>>;
  readonly proxies: readonly ProxyEvaluation[];
  readonly trials: {
    readonly uniform: number;
    readonly bytes: number;
    readonly policies: readonly {
      readonly name: string;
      readonly errors: readonly number[];
      readonly dropped: number;
    }[];
  }[];
  readonly study: StudyReport;
  readonly minutes: number;
}

/** Settings that know their errors (two seeds or more), by what a second of them gains over one quality for all, best first. */
export function bySecond({ settings, uniformRegret }: SensitivityFigures) {
  const uniform = mean(uniformRegret);
  return settings
    .filter(({ seeds }) => seeds > 1)
    .map((setting) => ({ ...setting, gain: uniform - mean(setting.regret) }))
    .sort((a, b) => b.gain / b.seconds - a.gain / a.seconds);
}

const errorOf = (policies: SensitivityFigures['trials'][number]['policies'], name: string) =>
  mean(policies.find((policy) => policy.name === name)?.errors ?? []);

/** What the figures say, in sentences that follow from them. */
function readings(figures: SensitivityFigures): string[] {
  const { splitHalf, meanByKind, trials, study, proxies, uniformRegret } = figures;
  const [first, last] = [splitHalf[0], splitHalf.at(-1)];
  const shift = meanByKind.originals.slice(0, 6).map((own, q) => 1 - (meanByKind.mixed[q] ?? NaN) / own);
  const verdicts = trials.flatMap(({ uniform, policies }) =>
    policies.slice(1).flatMap(({ name, errors }) => {
      const { centre, half } = pairedDifference(errors, policies[0]?.errors ?? []);
      return Math.abs(centre) > half
        ? [`${name} at the bytes of q${uniform} is ${centre < 0 ? 'better' : 'worse'} than uniform`]
        : [];
    }),
  );
  const control = study.attribution.at(-1);
  const apart = study.attribution.filter(
    ({ interval: [low, high] }) => control && (high < control.interval[0] || low > control.interval[1]),
  );
  const cheapest = proxies.filter(({ needsViews }) => !needsViews).sort((a, b) => mean(a.regret) - mean(b.regret))[0];
  const [best] = bySecond(figures);
  return [
    `One seed of probes agrees with another at ρ = ${first?.rho.toFixed(2) ?? ''}, ${last?.seeds ?? ''} with as many others at ${last?.rho.toFixed(2) ?? ''}: a single sensitivity is a noisy figure, and seeds help.`,
    `Up to quality 40, ${percent(Math.min(...shift))} to ${percent(Math.max(...shift))} of what originals-only probes find is the shift from clean training to compressed test. Probes that score what they were trained on find ${Math.min(...meanByKind.inSample.slice(0, 6).map((own, q) => own / (meanByKind.mixed[q] ?? NaN))).toFixed(1)} to ${Math.max(...meanByKind.inSample.slice(0, 6).map((own, q) => own / (meanByKind.mixed[q] ?? NaN))).toFixed(1)} times as much as those that did not.`,
    verdicts.length > 0
      ? `Trained on the plans: ${verdicts.join('; ')}; every other difference to uniform is within its interval.`
      : 'Trained on the plans, **no policy differs from one quality for all beyond its interval**: on these images and at these budgets no gain in accuracy is shown.',
    ...(trials.every(({ policies }) => errorOf(policies, 'mixed') < errorOf(policies, 'originals'))
      ? [
          'Plans by mixed probes have lower errors than plans by originals-only ones at every budget tried, within the noise; mixed ones are the default.',
        ]
      : []),
    `Regions: ${study.regions.map(({ trained, from, to, sure }) => `trained at ${trained} from ${from} to ${to}${sure ? '' : ' (within the noise)'}`).join(', ')}.`,
    apart.length === 0
      ? 'Attributions do not tell networks trained at different qualities apart: their overlaps with networks of originals are those of originals among themselves.'
      : `Attributions shift at ${apart.map(({ trained }) => trained).join(', ')}, beyond the control's interval.`,
    `The best sign that needs no compressed image is *${cheapest ? proxyTitles[cheapest.name] : ''}*; it leaves a mean regret of ${mean(cheapest?.regret ?? []).toFixed(3)} where one quality for all leaves ${mean(uniformRegret).toFixed(3)} and as many seeds of probes ${mean(figures.regretByKind.mixed).toFixed(3)}. Uncertainty (entropy, margin, EL2N, loss) foretells next to nothing of the harm.`,
    `The default is ${best?.epochs ?? 0} epochs and ${best?.seeds ?? 0} seeds: of the settings that know their errors, the one that gains most by the second.`,
  ];
}

export function writeSensitivityPage(figures: SensitivityFigures, folder: string): void {
  mkdirSync(path.join(folder, 'figures'), { recursive: true });
  const { ladder, splitHalf, meanByKind, trials, study, budgets, uniformRegret, proxies } = figures;
  const picture = (name: string, svg: string, alt: string) => {
    writeFileSync(path.join(folder, 'figures', `${name}.svg`), svg);
    return `![${alt}](figures/${name}.svg)`;
  };
  const qualities = ladder.map((quality) => `q${quality}`);
  const shift = meanByKind.originals.map((own, q) => (own > 0 ? 1 - (meanByKind.mixed[q] ?? 0) / own : NaN));
  const tested = study.qualities.map((quality) => (quality === 'original' ? 'orig.' : String(quality)));
  const row = (values: ArrayLike<number>, t: number) =>
    Array.from({ length: tested.length }, (_, v) => values[t * tested.length + v] ?? NaN);
  const percents = budgets.map((share) => `${Math.round(100 * share)} %`);
  const [best] = bySecond(figures);
  const lines = [
    '# Sensitivity: what was measured',
    '',
    `Written by \`npm run bench -- sensitivity\` (${figures.minutes.toFixed(0)} minutes on two cores) from ${figures.images.toLocaleString('en')} training and ${study.testImages.toLocaleString('en')} test images of CIFAR-10, stored without loss. JPEG as the product writes it (4:2:0, optimised Huffman tables); ${figures.folds} folds; the probe is the product's. Losses are in nats. Intervals are 95 %.`,
    '',
    '## What it says',
    '',
    ...readings(figures).map((sentence) => `- ${sentence}`),
    '',
    '## How much of a single sensitivity is signal',
    '',
    "Spearman's correlation of the images' mean sensitivities between two disjoint sets of seeds:",
    '',
    ...table(
      ['seeds on each side', ...splitHalf.map(({ seeds }) => String(seeds))],
      [['ρ', ...splitHalf.map(({ rho }) => interval(rho, figures.images))]],
    ),
    '',
    '## What probes are trained on, and who scores',
    '',
    'Mean sensitivity by quality. *Mixed*: trained on all qualities. *Originals*: trained on originals alone; the shift from clean training to compressed test comes on top. *In-sample*: mixed probes that score what they were trained on.',
    '',
    picture(
      'kinds',
      chart('Mean sensitivity by quality (nats)', ladder.map(String), [
        { name: 'originals', values: meanByKind.originals },
        { name: 'mixed', values: meanByKind.mixed },
        { name: 'mixed, in-sample', values: meanByKind.inSample },
      ]),
      'Mean sensitivity by quality for three kinds of probes',
    ),
    '',
    ...table(
      ['trained on', ...qualities],
      [
        ['originals', ...meanByKind.originals.map((value) => value.toFixed(3))],
        ['mixed', ...meanByKind.mixed.map((value) => value.toFixed(3))],
        ['mixed, in-sample', ...meanByKind.inSample.map((value) => value.toFixed(3))],
        ['share of originals’ that is shift', ...shift.map(percent)],
        [
          'in-sample over cross-fitted',
          ...meanByKind.inSample.map((own, q) => (own / (meanByKind.mixed[q] ?? NaN)).toFixed(2)),
        ],
      ],
    ),
    '',
    '## Plans by either kind, judged by training',
    '',
    `Networks trained on the planned copies, at equal bytes and for equal steps, and tested on originals; *shuffled* gives the plan's qualities to the images at random. Error in per cent, mean of ${trials[0]?.policies[0]?.errors.length ?? 0} seeds; the difference to *uniform* is paired by seed, with its interval.`,
    '',
    ...trials.flatMap(({ uniform, bytes, policies }) => [
      `Bytes of uniform quality ${uniform} (${(bytes / 1e6).toFixed(2)} MB):`,
      '',
      ...table(
        ['policy', 'error', 'against uniform', 'dropped'],
        policies.map(({ name, errors, dropped }) => [
          name,
          percent(mean(errors)),
          name === 'uniform' ? '' : paired(errors, policies[0]?.errors ?? []),
          String(dropped),
        ]),
      ),
      '',
    ]),
    '## Where training at which quality is best',
    '',
    `The study of Lee et al. (2025) on ${study.trainImages.toLocaleString('en')} training images: ${study.seeds} seeds of ${study.epochs} epochs, tested on ${study.testImages.toLocaleString('en')} images of the test split at every quality.`,
    '',
    picture(
      'regions',
      chart(
        'Accuracy by tested quality (per cent)',
        tested,
        study.trained.map((quality, t) => ({
          name: `trained at ${quality === 'original' ? 'original' : `q${quality}`}`,
          values: row(study.accuracy, t).map((value) => 100 * value),
          interval: row(study.interval, t).map((value) => 100 * value),
        })),
        study.regions
          .filter(({ sure }) => sure)
          .map(({ trained, from, to }) => ({
            name: `${trained === 'original' ? 'original' : `q${trained}`} best`,
            from: study.qualities.indexOf(from),
            to: study.qualities.indexOf(to),
          })),
      ),
      'Accuracy by tested quality for networks trained at three qualities',
    ),
    '',
    ...table(
      ['trained at', ...tested],
      study.trained.map((quality, t) => [
        String(quality),
        ...row(study.accuracy, t).map(
          (value, v) => `${(100 * value).toFixed(1)} ± ${(100 * (row(study.interval, t)[v] ?? NaN)).toFixed(1)}`,
        ),
      ]),
    ),
    '',
    ...study.regions.map(
      ({ trained, from, to, sure }) =>
        `- ${from === to ? from : `${from} to ${to}`}: best trained at ${trained}${sure ? '' : ' (within the noise)'}`,
    ),
    '',
    '### Clusters',
    '',
    'Mean loss difference of the test images under networks trained on originals:',
    '',
    ...table(
      ['cluster', 'images', 'loss', ...qualities],
      study.clusters.map(({ name, samples, meanLoss, meanSensitivity }) => [
        name,
        String(samples),
        meanLoss.toFixed(2),
        ...Array.from(meanSensitivity, (value) => value.toFixed(2)),
      ]),
    ),
    '',
    '### Attribution',
    '',
    `Overlap (IoU) of the top ${Math.round(100 * study.topShare)} % of pixels by integrated gradients with networks of other seeds trained on originals; *original* is the control.`,
    '',
    ...table(
      ['trained at', 'IoU', 'interval'],
      study.attribution.map(({ trained, overlap, interval: [low, high] }) => [
        String(trained),
        overlap.toFixed(3),
        `${low.toFixed(3)} to ${high.toFixed(3)}`,
      ]),
    ),
    '',
    '## Proxies',
    '',
    `Signs from ${splitHalf.length} seeds against sensitivities from other seeds. AUC: telling the most sensitive fifth. Slope: measured over foretold, cross-validated. Regret: what the plan by the sign loses more than the plan by the judging seeds' own sensitivities, in nats of mean loss, by budget (share of the originals' bytes). The measured sensitivities of as many seeds, for comparison: ${figures.regretByKind.mixed.map((value) => value.toFixed(4)).join(', ')}.`,
    '',
    ...table(
      ['sign', 'ρ', 'AUC', 'slope', ...percents.map((share) => `regret ${share}`)],
      [
        ...proxies.map(({ name, rho, rhoInterval: [low, high], areaUnderCurve, calibrationSlope, regret }) => [
          proxyTitles[name],
          `${rho.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`,
          areaUnderCurve.toFixed(2),
          number(calibrationSlope, 2),
          ...regret.map((value) => number(value, 4)),
        ]),
        ['one quality for all', '', '', '', ...uniformRegret.map((value) => number(value, 4))],
      ],
    ),
    '',
    '## The default setting',
    '',
    'Regret by length of training and number of seeds, and what a second of measuring gains over one quality for all (nats × 10⁻⁶ a second, mean over the budgets):',
    '',
    ...table(
      ['epochs', 'seeds', 'seconds', 'probes right', ...percents.map((share) => `regret ${share}`), 'gain a second'],
      figures.settings.map((setting) => [
        String(setting.epochs),
        String(setting.seeds),
        setting.seconds.toFixed(0),
        percent(setting.accuracy),
        ...setting.regret.map((value) => number(value, 4)),
        ((1e6 * (mean(uniformRegret) - mean(setting.regret))) / setting.seconds).toFixed(0),
      ]),
    ),
    '',
    `A single seed gains most by the second, but knows no errors. Of those that know them the best is ${best?.epochs ?? 0} epochs and ${best?.seeds ?? 0} seeds, which is the default.`,
    '',
  ];
  writeFileSync(path.join(folder, 'sensitivity.md'), lines.join('\n'));
}

const percent = (value: number) => (Number.isFinite(value) ? `${(100 * value).toFixed(1)} %` : '–');
const number = (value: number | null, digits: number) =>
  value !== null && Number.isFinite(value) ? value.toFixed(digits) : '–';

/** A rank correlation of n images with its interval (Fieller, Hartley & Pearson 1957). */
function interval(rho: number, images: number): string {
  const half = 1.96 * Math.sqrt(1.06 / (images - 3));
  const [low, high] = [-half, half].map((shift) => Math.tanh(Math.atanh(rho) + shift).toFixed(2));
  return `${rho.toFixed(2)} (${low ?? ''} to ${high ?? ''})`;
}
