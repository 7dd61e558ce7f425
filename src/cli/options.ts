/** The options that commands share, and how their values are read. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import path from 'node:path';
import { configurationNames, type ConfigurationName } from '../protocol/adapt.ts';
import { tasks } from '../protocol/analysis.ts';
import { parseBudget, type Budget } from '../protocol/budget.ts';
import { policyNames, usualPolicy, type PolicyName } from '../protocol/policy.ts';
import { defaultSettings, engineNames, type AnalysisSettings } from '../protocol/worker.ts';

export interface Shared {
  readonly json?: boolean;
  readonly store: string;
}

export interface AnalysisOptions extends Shared, Omit<AnalysisSettings, 'budgetRange' | 'secondWorth'> {
  readonly active?: [number, number];
  readonly secondWorth?: number;
}

export const withTask = (command: Command) =>
  command.addOption(new Option('--task <name>', 'what networks learn; by default found from the files').choices(tasks));

export const engineOption = () =>
  new Option('--engine <name>', 'what trains; auto is the fastest that agrees with the CPU')
    .choices(['auto', ...engineNames])
    .default(defaultSettings.engine);

export const probeSideOption = () =>
  new Option('--probe-side <pixels>', 'input size of the networks; chosen from the images by default').argParser(
    whole(16, 128),
  );

export const policyOption = () =>
  new Option('--policy <name>', 'rule that chooses; the README says what each does')
    .choices(policyNames)
    .default(usualPolicy.name);

/** What decides how networks are trained and on which qualities. */
export function withTraining(
  command: Command,
  { qualities: ladder, seeds, epochs }: Pick<AnalysisSettings, 'qualities' | 'seeds' | 'epochs'>,
): Command {
  const own = withTask(command)
    .option('--qualities <list>', 'JPEG qualities to measure, 1 to 100', list(1, 100), [...ladder])
    .addOption(
      new Option('--subsampling <mode>', 'chroma subsampling')
        .choices(['4:2:0', '4:4:4'])
        .default(defaultSettings.subsampling),
    )
    .option('--no-optimize-huffman', 'use the standard Huffman tables (larger files)');
  return withRepetitions(own, { seeds, epochs });
}

/** How often and how long networks are trained, and on what. */
export const withRepetitions = (command: Command, { seeds, epochs }: Pick<AnalysisSettings, 'seeds' | 'epochs'>) =>
  command
    .option('--seeds <r>', 'repetitions with other seeds', whole(1, 50), seeds)
    .option('--epochs <n>', 'epochs of every training', whole(1, 1000), epochs)
    .addOption(engineOption())
    .addOption(probeSideOption());

export function withAnalysis(command: Command): Command {
  return withTraining(command, defaultSettings)
    .option('--folds <k>', 'folds of the cross-fitting', whole(2, 20), defaultSettings.folds)
    .addOption(
      new Option('--probes <kind>', 'train them on random qualities, on originals alone, or both to compare')
        .choices(['mixed', 'originals', 'both'])
        .default(defaultSettings.probes),
    )
    .option('--probe-share <share>', 'probe so many images and foretell the others: 10%', share, 1)
    .option('--proxies', 'say how well cheap signs foretell the sensitivities', false)
    .option('--active <range>', 'no more seeds for images whose choice is settled between two budgets: 30%-50%', range)
    .option('--model <file>', 'measure with your own classifier, an ONNX file, instead of probes');
}

/** What trades bytes against training time. */
export const withTime = (command: Command): Command =>
  command.option(
    '--second-worth <size>',
    'bytes of budget that a second of training is worth: 10kB; by default none',
    size,
  );

export const settingsOf = ({
  task,
  qualities: ladder,
  subsampling,
  optimizeHuffman,
  folds,
  seeds,
  epochs,
  probes,
  probeShare,
  proxies,
  active,
  model,
  engine,
  secondWorth = defaultSettings.secondWorth,
  probeSide,
}: AnalysisOptions): AnalysisSettings => ({
  qualities: ladder,
  subsampling,
  optimizeHuffman,
  folds,
  seeds,
  epochs,
  probes,
  probeShare,
  proxies,
  engine,
  secondWorth,
  ...(task === undefined ? {} : { task }),
  ...(model === undefined ? {} : { model: path.resolve(model) }),
  ...(active === undefined ? {} : { budgetRange: active }),
  ...(probeSide === undefined ? {} : { probeSide }),
});

export function budget(text: string): Budget {
  const result = parseBudget(text);
  if (result === undefined) throw new InvalidArgumentError('Expected a share such as 40% or bytes such as 12MB.');
  return result;
}

/** Budgets between commas. */
export const budgetList = (text: string): Budget[] => text.split(',').map(budget);

export const sizes = (text: string): number[] => text.split(',').map(size);

function size(text: string): number {
  const result = parseBudget(text);
  if (result === undefined || !('bytes' in result))
    throw new InvalidArgumentError(`Expected sizes such as 10kB or 1MB but found "${text}".`);
  return result.bytes;
}

export function share(text: string): number {
  const result = parseBudget(text);
  if (result === undefined || !('share' in result) || result.share > 1)
    throw new InvalidArgumentError('Expected a share up to 100%, such as 10%.');
  return result.share;
}

function range(text: string): [number, number] {
  const [low, high, ...more] = text.split('-').map(share);
  if (low === undefined || high === undefined || low >= high || more.length > 0)
    throw new InvalidArgumentError('Expected two growing shares, such as 30%-50%.');
  return [low, high];
}

/** Names of policies between commas. */
export function policies(text: string): PolicyName[] {
  return text.split(',').map((own) => {
    const name = policyNames.find((known) => known === own.trim());
    if (name === undefined)
      throw new InvalidArgumentError(`Expected names among ${policyNames.join(', ')} but found "${own}".`);
    return name;
  });
}

/** Whole numbers between commas, ascending. */
export function list(least: number, most: number): (text: string) => number[] {
  return (text) => [...new Set(text.split(',').map(whole(least, most)))].sort((a, b) => a - b);
}

/** Names of AdaptCompression's configurations between commas. */
export function configurationList(text: string): ConfigurationName[] {
  return [...new Set(text.split(','))].map((name) => {
    const known = configurationNames.find((one) => one === name.trim());
    if (known === undefined)
      throw new InvalidArgumentError(`Expected some of ${configurationNames.join(', ')} but found "${name}".`);
    return known;
  });
}

/** Two JPEG qualities, the lower first. */
export function qualityPair(text: string): [number, number] {
  const [low, high, ...more] = list(1, 100)(text);
  if (low === undefined || high === undefined || more.length > 0)
    throw new InvalidArgumentError('Expected two different JPEG qualities, such as 20,80.');
  return [low, high];
}

export function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most || text.trim() === '')
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
    return value;
  };
}
