/** Makes the allocation of a budget by any policy: what it needs to know, and what its choice costs. */
import { expectedAt, bestMeasured, cellBytes } from '../protocol/best-mix.ts';
import { qualitiesOf, withUsualCoding } from '../protocol/encoding.ts';
import { allocate, type Allocation } from '../protocol/frontier.ts';
import { usualPolicy, type PolicyChoice } from '../protocol/policy.ts';
import type { StudyQuality } from '../protocol/study.ts';
import type { SweepCell, SweepReport } from '../protocol/sweep.ts';
import type { AnalysisSettings } from '../protocol/worker.ts';
import { expectedCost } from './allocate/index.ts';
import { costsOf, type Analysis } from './analysis.ts';
import { InputError } from './errors.ts';
import type { JobContext } from './job.ts';
import { offeredBytes } from './offers.ts';
import * as rule from './policy/index.ts';
import type { Ports } from './ports.ts';
import { measureSimilarities } from './rate/index.ts';
import { nestedOrder } from './sweep/index.ts';
import { getSweepReport } from './sweep-report.ts';

/** Of all that policies draw. The order of images is that of a sweep's first seed, so that a mix means the same images. */
const usualSeed = 0;

/** A planned allocation, and the rule that made it. */
export interface Chosen extends Pick<Allocation, 'option' | 'bytes' | 'cost'> {
  readonly policy: PolicyChoice;
  /** What of the budget is training time. */
  readonly timeBytes: number;
  /** How near to the best possible the frontier's own allocation is. */
  readonly proof?: Pick<Allocation, 'lowerBound' | 'pricePerByte'>;
  /** Whether chance had a hand in a sample's option where the policy else has none. */
  readonly isDrawn: (sample: number) => boolean;
}

/** The frontier's own allocation. */
export function chooseUsual({ frontier }: Analysis, budgetBytes: number): Chosen {
  const { option, bytes, weight, cost, lowerBound, pricePerByte } = allocate(frontier, budgetBytes);
  const proof = { lowerBound, pricePerByte };
  return { policy: usualPolicy, option, bytes, timeBytes: weight - bytes, cost, proof, isDrawn: () => false };
}

/** @throws InputError when the settings leave out what the policy needs, before anything is measured */
export function checkPolicy({ name, diversity }: PolicyChoice, settings: AnalysisSettings): void {
  const usual = name === 'sensitivity' && diversity === 0;
  if (settings.secondWorth > 0 && !usual)
    throw new InputError(
      `Only the policy "sensitivity" without diversity weighs training time: leave out --second-worth (in VS Code bitbudget.secondWorth), or choose that policy instead of "${name}"`,
    );
  if (diversity > 0 && name !== 'sensitivity')
    throw new InputError(`--diversity belongs to the policy "sensitivity"; leave it out for "${name}"`);
  if ((name === 'el2n-drop' || name === 'ccs-drop') && (!settings.proxies || settings.probeShare < 1))
    throw new InputError(
      `The policy "${name}" needs EL2N of every image: add --proxies (in VS Code bitbudget.proxies), and probe all images`,
    );
  if ((name === 'el2n-drop' || name === 'ccs-drop') && settings.model !== undefined)
    throw new InputError(
      `The policy "${name}" needs EL2N, which is taken while probes are trained: leave out the model ${settings.model}`,
    );
}

/**
 * Options of all samples under a policy; those that may not change stay as they are.
 * @param budgetBytes  at least the smallest possible copy
 * @throws InputError when the policy needs a sweep that there is not
 */
export async function chooseByPolicy(
  analysis: Analysis,
  budgetBytes: number,
  policy: PolicyChoice,
  settings: AnalysisSettings,
  ports: Ports,
  job: JobContext,
  seed = usualSeed,
): Promise<Chosen> {
  const usual = chooseUsual(analysis, budgetBytes);
  if (policy.name === 'sensitivity' && policy.diversity === 0) return usual;
  const { sensitivity, frontier, summary } = analysis;
  const rows = rowsOf(analysis, seed);
  const rowsBytes = budgetBytes - summary.fixedBytes;
  const chosen = await optionsOf(analysis, rows, rowsBytes, {
    ...{ policy, settings, ports, job, seed },
    planned: Uint8Array.from(sensitivity.sample, (i) => usual.option[i] as number),
  });
  const own = rule.fitting(rows, chosen, rowsBytes);
  const bytes = summary.fixedBytes + rule.totalBytes(rows, own);
  if (bytes > budgetBytes)
    throw new InputError(
      `The smallest copy by the policy "${policy.name}", which knows the first coding alone, takes ${bytes} bytes under the guards, more than the budget of ${budgetBytes} bytes: give more`,
    );
  const option = frontier.start.slice();
  sensitivity.sample.forEach((i, row) => {
    option[i] = own[row] as number;
  });
  return {
    policy,
    option,
    bytes,
    timeBytes: 0,
    cost: expectedCost({ sample: sensitivity.sample, labels: rows.labels }, costsOf(analysis), option),
    isDrawn: (i) => policy.name === 'sensitivity' && option[i] !== usual.option[i],
  };
}

function rowsOf({ offers, duplicates }: Analysis, seed: number): rule.PolicyRows {
  const { encodings, sample, labels, leastKept } = offers;
  const rows = { qualities: qualitiesOf(encodings), bytes: offeredBytes(offers), labels, leastKept };
  const drawn = nestedOrder(Uint32Array.from(sample.keys()), labels, seed);
  const order = rule.putLast(drawn, (row) => (duplicates?.keptFor[sample[row] as number] ?? -1) >= 0);
  return { ...rows, order: rule.stayingFirst(rows, order) };
}

interface Asked {
  readonly policy: PolicyChoice;
  readonly settings: AnalysisSettings;
  readonly ports: Ports;
  readonly job: JobContext;
  readonly seed: number;
  /** Of the frontier's allocation, P. */
  readonly planned: Uint8Array;
}

async function optionsOf(
  analysis: Analysis,
  rows: rule.PolicyRows,
  budgetBytes: number,
  { policy, settings, ports, job, seed, planned }: Asked,
): Promise<Uint8Array> {
  const { dataset, rates, sensitivity } = analysis;
  switch (policy.name) {
    case 'sensitivity':
      return rule.sensitivity({ ...rows, planned }, policy.diversity, seed);
    case 'shuffled':
      return rule.shuffled({ ...rows, planned }, seed);
    case 'uniform':
      return rule.uniform(rows, budgetBytes);
    case 'drop':
      return rule.drop(rows, budgetBytes);
    case 'random-quality':
      return rule.randomQuality(rows, budgetBytes, seed);
    case 'threshold':
      return rule.threshold({ ...rows, loss: sensitivity.loss }, budgetBytes);
    case 'el2n-drop':
      return rule.el2nDrop({ ...rows, el2n: el2nOf(analysis) }, budgetBytes);
    case 'ccs-drop':
      return rule.ccsDrop({ ...rows, el2n: el2nOf(analysis) }, budgetBytes);
    case 'perceptual': {
      const sized = { dataset, rates, samples: sensitivity.sample };
      return rule.perceptual({ ...rows, similarity: await measureSimilarities(sized, ports, job) }, budgetBytes);
    }
    case 'law': {
      const report = sweepOf(analysis, settings, ports);
      return rule.law({ ...rows, images: advisedImages(report, rows.labels.length, budgetBytes) }, budgetBytes);
    }
    case 'grid': {
      const report = sweepOf(analysis, settings, ports);
      return rule.grid({ ...rows, quality: bestQuality(report, rows.qualities, budgetBytes) }, budgetBytes);
    }
  }
}

function el2nOf({ sensitivity, dataset }: Analysis): Float32Array {
  if (sensitivity.proxies === undefined)
    throw new InputError(`${dataset.root}: EL2N was not measured; run the analysis with --proxies first`);
  return sensitivity.proxies.el2n;
}

function sweepOf({ dataset }: Analysis, settings: AnalysisSettings, { store }: Ports): SweepReport {
  const report = getSweepReport(store, dataset, withUsualCoding(settings));
  if (report === undefined)
    throw new InputError(
      `${dataset.root}: the policies "law" and "grid" follow a sweep of this dataset, but there is none as it is now and with this subsampling; run \`bitbudget sweep ${dataset.root}\` first (in VS Code the panel's Sweep)`,
    );
  return report;
}

/** n* of the budget, within what was measured; all images where the sweep advises all of its own. */
function advisedImages({ root, optima, trainImages }: SweepReport, all: number, budgetBytes: number): number {
  if (optima === undefined)
    throw new InputError(
      `${root}: the sweep found too few sizes and qualities to tell a law or a surface; run \`bitbudget sweep ${root}\` with more of them`,
    );
  const images = Math.round(expectedAt(optima.curve, budgetBytes).optimum.images);
  return images >= trainImages ? all : Math.max(1, Math.min(all, images));
}

/** Of the measured mix with the least error within the budget, or the cheapest where none fits. */
function bestQuality({ root, cells }: SweepReport, ladder: Uint8Array, budgetBytes: number): StudyQuality {
  const best = bestMeasured(cells);
  const { quality } = (best.findLast((cell) => cellBytes(cell) <= budgetBytes) ?? best[0]) as SweepCell;
  if (quality !== 'original' && !ladder.includes(quality))
    throw new InputError(
      `${root}: the best mix that the sweep measured is at quality ${quality}, which is not among the plan's; add it to --qualities`,
    );
  return quality;
}
