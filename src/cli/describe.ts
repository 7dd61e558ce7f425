/** Results in words and small tables, for people. */
import type { AnalysisSummary, DatasetSummary, ProbeSummary, Problem, Problems } from '../protocol/analysis.ts';
import { countedAs } from '../protocol/byte-model.ts';
import { duplicatesInWords, type DuplicateSummary } from '../protocol/duplicates.ts';
import { codings } from '../protocol/encoding.ts';
import { formatBytes, formatCost, formatPrice, formatSeconds, formatShare, plural } from '../protocol/format.ts';
import { metricOf } from '../protocol/metric.ts';
import { policyTitles } from '../protocol/policy.ts';
import { coverageWords } from '../protocol/prediction.ts';
import type { Prices } from '../protocol/prices.ts';
import { proxyTitles, type ProxyReport } from '../protocol/proxies.ts';
import type { CopySummary, PlannedError, PlannedTime, PlanSummary, VerifySummary } from '../protocol/worker.ts';
import { exitCodes } from './exit-codes.ts';
import type { Described } from './run-job.ts';

const problemsShown = 10;
const duplicatesShown = 5;

export function describeDataset(dataset: DatasetSummary): Described {
  return { text: datasetLines(dataset).join('\n'), ...skippedCode(dataset.problems) };
}

export function describeAnalysis({
  dataset,
  qualities,
  codings: [usual, ...others],
  byteModel,
  originalBytes,
  fixedBytes,
  clusters,
  probe,
  prices,
  duplicates,
  proxies,
}: AnalysisSummary): Described {
  const { engine, folds, seeds, side, accuracy, dataExponent } = probe;
  const head = ['cluster', 'samples', 'loss', ...Array.from(qualities, (quality) => `q${quality}`)];
  const rows = clusters.map(({ name, samples, meanLoss, meanSensitivity }) => [
    name,
    count(samples),
    meanLoss.toFixed(2),
    ...Array.from(meanSensitivity, (value) => value.toFixed(2)),
  ]);
  const text = [
    ...datasetLines(dataset),
    ...duplicateLines(duplicates),
    '',
    `Probes    ${folds} folds × ${seeds} seeds at ${side}×${side} on ${engine}`,
    `          ${metricOf(dataset.task)} ${formatShare(accuracy)} on originals, by probes that never saw them; loss ∝ n^-${dataExponent.toFixed(2)}`,
    `Costs     ${pricesLine(prices)}`,
    `Copy      ${formatBytes(originalBytes)} with every original${countedAs(byteModel)}, ${formatBytes(fixedBytes)} of it fixed`,
    '',
    `Mean loss difference (nats) by cluster and quality${others.length > 0 ? `, of ${usual}` : ''}`,
    ...table([head, ...rows]),
    ...kindLines(probe, qualities),
    ...savedLines(probe),
    ...(proxies ? proxyLines(proxies) : []),
  ];
  return { text: text.join('\n'), ...skippedCode(dataset.problems) };
}

function pricesLine({ unit, kappa, kappaError, trainings }: Prices): string {
  if (unit === 'nats') return 'in nats of mean loss; after a sweep of this dataset, in test error';
  const error = kappaError === undefined ? '' : ` ± ${(100 * kappaError).toFixed(1)}`;
  return `in test error, from a sweep of ${plural(trainings, 'training')}: ${(100 * kappa).toFixed(1)}${error} points for a nat of sensitivity`;
}

/** How much of what probes of originals find is the shift from clean training to compressed test. */
function kindLines({ meanByKind }: ProbeSummary, qualities: Uint8Array): string[] {
  const { mixed, originals } = meanByKind;
  if (!mixed || !originals) return [];
  const shift = Array.from(originals, (own, q) => (own > 0 ? 1 - (mixed[q] ?? 0) / own : NaN));
  return [
    '',
    'Mean loss difference (nats) by what the probes were trained on',
    ...table([
      ['trained on', ...Array.from(qualities, (quality) => `q${quality}`)],
      ['originals', ...Array.from(originals, (value) => value.toFixed(2))],
      ['mixed qualities', ...Array.from(mixed, (value) => value.toFixed(2))],
      ['shift, not loss', ...shift.map((value) => (Number.isFinite(value) ? formatShare(value) : '–'))],
    ]),
  ];
}

function savedLines({ saved }: ProbeSummary): string[] {
  if (!saved) return [];
  const { settledRows, trainings, trainingsInAll, forwardPasses, forwardPassesInAll } = saved;
  return [
    '',
    `Saved     ${count(forwardPasses)} of ${count(forwardPassesInAll)} forward passes and ${count(trainings)} of ${count(trainingsInAll)} trainings: the choice of ${count(settledRows)} images was settled before the last seed`,
  ];
}

function proxyLines({ proxies, budgets, uniformRegret, measured, rows, used }: ProxyReport): string[] {
  const regret = (values: readonly number[]) => values.map((value) => (Number.isNaN(value) ? '–' : value.toFixed(4)));
  return [
    '',
    `Signs of sensitivity, on ${count(measured)} probed images (cross-validated; regret in nats of mean loss at equal bytes)`,
    ...table([
      ['sign', 'rho', '95 %', 'AUC top fifth', 'slope', ...budgets.map((share) => `regret ${formatShare(share)}`)],
      ...proxies.map(({ name, rho, rhoInterval: [low, high], areaUnderCurve, calibrationSlope, ...own }) => [
        proxyTitles[name],
        rho.toFixed(2),
        `${low.toFixed(2)} … ${high.toFixed(2)}`,
        areaUnderCurve.toFixed(2),
        Number.isNaN(calibrationSlope) ? '–' : calibrationSlope.toFixed(2),
        ...regret(own.regret),
      ]),
      ['one quality for all', '', '', '', '', ...regret(uniformRegret)],
    ]),
    ...(used ? [`The other ${count(rows - measured)} images are foretold by: ${proxyTitles[used]}`] : []),
  ];
}

export function describePlan(plan: PlanSummary): Described {
  const {
    policy,
    bytes,
    byteModel,
    plainBytes,
    budgetBytes,
    originalBytes,
    mix,
    cost,
    costUnit,
    lowerBound,
    pricePerByte,
    predicted,
    everyFileAtBest,
    time,
    duplicates,
  } = plan;
  const total = Object.values(mix).reduce((sum, files) => sum + files, 0);
  const rows = Object.entries(mix)
    .sort(([a], [b]) => placeOf(a) - placeOf(b))
    .map(([name, files]) => [/^\d/.test(name) ? `quality ${name}` : name, count(files), formatShare(files / total)]);
  const text = [
    ...table([['option', 'files', 'share'], ...rows]),
    '',
    `Policy    ${policy.name}: ${policyTitles[policy.name]}${policy.diversity > 0 ? `; ${formatShare(policy.diversity)} of the files at random` : ''}`,
    `Budget    ${formatBytes(budgetBytes)}, ${formatShare(budgetBytes / originalBytes)} of ${formatBytes(originalBytes)}${countedAs(byteModel)}`,
    `Planned   ${formatBytes(bytes)}, ${formatShare(bytes / budgetBytes)} of the budget${everyFileAtBest ? '; every file is at its best option' : ''}`,
    ...(byteModel === 'plain' ? [] : [`          ${formatBytes(plainBytes)} in the files`]),
    `Expected  ${expectedCost(plan)}`,
    ...(lowerBound === undefined ? [] : [`Proved    ${provedWords(plan, cost - lowerBound)}`]),
    ...(pricePerByte ? [`Price     ${formatPrice(pricePerByte, costUnit)}: what more budget would save`] : []),
    ...(predicted ? predictedLines(predicted) : []),
    ...(time ? timeLines(time) : []),
    ...duplicateLines(duplicates),
    ...problemLines(plan.problems),
    '',
    `Plan      ${plan.path}`,
  ];
  return { text: text.join('\n'), ...skippedCode(plan.problems) };
}

const expectedCost = ({ cost, costUnit }: PlanSummary): string =>
  costUnit === 'error'
    ? `test error rises by ${formatCost(cost, costUnit)} over originals, by probes and sweep; an evaluation proves it`
    : `mean loss rises by ${formatCost(cost, costUnit)} over originals, by probes; a sweep would tell it in test error`;

const provedWords = ({ costUnit, time }: PlanSummary, gap: number): string =>
  `${gap > 0 ? `within ${formatCost(gap, costUnit)} of` : 'to be'} the best allocation possible${time && time.secondWorth > 0 ? ' at this worth of a second' : ''}`;

function predictedLines({ task, error, interval: [low, high], original, coverage }: PlannedError): string[] {
  return [
    `Predicted ${metricOf(task)} ${formatShare(1 - error)} (90 %: ${formatShare(1 - high)} to ${formatShare(1 - low)}), original ${formatShare(1 - original)}`,
    `          by trainings at other budgets; ${coverageWords(coverage)}`,
  ];
}

/** Options as a plan names them: dropped, the usual coding's qualities, the others', kept. */
function placeOf(option: string): number {
  if (option === 'drop') return -Infinity;
  const [quality, coding] = option.split(' ');
  return option === 'original' ? Infinity : 1000 * codings.findIndex((own) => own === coding) + Number(quality);
}

function timeLines({ secondWorth, allSeconds, plannedSeconds, timeBytes }: PlannedTime): string[] {
  const expected = `Training  ${formatSeconds(plannedSeconds)} expected with the images that are kept, ${formatSeconds(allSeconds)} with all (the probe network on this machine)`;
  if (secondWorth === 0) return [expected];
  return [
    expected,
    `          a second is worth ${formatBytes(secondWorth)}: ${formatBytes(timeBytes)} of the budget are time, not files`,
  ];
}

export function describeCopy(copy: CopySummary): Described {
  const { out, written, reused, dropped, bytes, byteModel, countedBytes, budgetBytes, skipped } = copy;
  const text = [
    `Copy      ${out}`,
    `Files     ${count(written)} written, ${count(reused)} there already, ${count(dropped)} dropped by the plan`,
    `Bytes     ${formatBytes(countedBytes)}${countedAs(byteModel)} of a budget of ${formatBytes(budgetBytes)} (${formatShare(countedBytes / budgetBytes)})`,
    ...(byteModel === 'plain' ? [] : [`          ${formatBytes(bytes)} in the files`]),
    ...problemLines({ total: skipped.length, first: skipped }),
  ];
  return { text: text.join('\n'), ...(skipped.length > 0 ? { exitCode: exitCodes.skipped } : {}) };
}

export function describeVerification({ files, bytes, complete, faults }: VerifySummary): Described {
  const good = complete && faults.length === 0;
  const text = [
    good
      ? `Whole     ${count(files)} files, ${formatBytes(bytes)}, all as the manifest says`
      : `Faulty    ${count(faults.length)} faults in ${count(files)} files`,
    ...(complete ? [] : ['The copy is unfinished: run "bitbudget write" again']),
    ...faults.map(({ path, fault }) => `  ${path}: ${fault}`),
  ];
  return { text: text.join('\n'), exitCode: good ? exitCodes.done : exitCodes.failed };
}

function datasetLines(dataset: DatasetSummary): string[] {
  const { root, task, layout, samples, samplesBySplit, classes, bytes, otherFiles, otherBytes, problems } = dataset;
  const { train, val, test } = samplesBySplit;
  return [
    `Dataset   ${root}`,
    `Task      ${task}`,
    `Layout    ${layout}`,
    `Samples   ${count(samples)} (${count(train)} train, ${count(val)} validation, ${count(test)} test), ${formatBytes(bytes)}`,
    `Classes   ${classes.length}: ${classes.slice(0, 12).join(', ')}${classes.length > 12 ? ', …' : ''}`,
    ...(otherFiles > 0 ? [`Others    ${count(otherFiles)} files that are no samples, ${formatBytes(otherBytes)}`] : []),
    ...problemLines(problems),
  ];
}

function duplicateLines(duplicates: DuplicateSummary | undefined): string[] {
  if (!duplicates) return [];
  const { images, first } = duplicates;
  const shown = first.slice(0, duplicatesShown);
  return [
    `Doubles   ${duplicatesInWords(duplicates)}`,
    ...shown.map(({ path, keptFor }) => `  ${path} ~ ${keptFor}`),
    ...(images > shown.length ? [`  … and ${count(images - shown.length)} more (--json has some, the plan all)`] : []),
  ];
}

function problemLines({ total, first }: Problems): string[] {
  if (total === 0) return [];
  const shown = first.slice(0, problemsShown).map(({ path, code, reason }: Problem) => `  ${path}: ${code}: ${reason}`);
  return [
    `Problems  ${count(total)}`,
    ...shown,
    ...(total > shown.length ? [`  … and ${count(total - shown.length)} more (--json, or the plan, has them)`] : []),
  ];
}

const skippedCode = ({ total }: Problems) => (total > 0 ? { exitCode: exitCodes.skipped } : {});

export const count = (value: number) => value.toLocaleString('en');

/** First column to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
