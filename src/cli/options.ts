/** The options that commands share, and how their values are read. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import path from 'node:path';
import { configurationNames, type ConfigurationName } from '../protocol/adapt.ts';
import { tasks } from '../protocol/analysis.ts';
import { parseBudget, type Budget } from '../protocol/budget.ts';
import { byteModels, type ByteModel } from '../protocol/byte-model.ts';
import { allowedCodings, subsamplings, type Subsampling } from '../protocol/encoding.ts';
import type { Guards, QualityFloor } from '../protocol/guards.ts';
import { policyNames, usualPolicy, type PolicyName } from '../protocol/policy.ts';
import { defaultSettings, engineNames, type AnalysisSettings } from '../protocol/worker.ts';

export interface Shared {
  readonly json?: boolean;
  readonly store: string;
}

interface GuardOptions {
  readonly protect?: readonly string[];
  readonly floor?: readonly QualityFloor[];
  readonly mostDropped?: number;
  readonly heldOut?: number;
}

export interface AnalysisOptions
  extends
    Shared,
    GuardOptions,
    Omit<AnalysisSettings, 'codings' | 'budgetRange' | 'byteModel' | 'secondWorth' | 'guards'> {
  readonly subsampling: Subsampling | 'both';
  readonly webp?: boolean;
  readonly active?: [number, number];
  readonly byteModel?: ByteModel;
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
  subsampling: readonly (Subsampling | 'both')[] = subsamplings,
): Command {
  const own = withTask(command)
    .option('--qualities <list>', 'qualities to measure, 1 to 100', list(1, 100), [...ladder])
    .addOption(
      new Option('--subsampling <mode>', 'chroma subsampling of JPEGs').choices(subsampling).default(subsamplings[0]),
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
  return withTraining(command, defaultSettings, [...subsamplings, 'both'])
    .option('--webp', 'WebP is an option for every image, too', false)
    .option('--folds <k>', 'folds of the cross-fitting', whole(2, 20), defaultSettings.folds)
    .addOption(
      new Option('--probes <kind>', 'train them on random qualities, on originals alone, or both to compare')
        .choices(['mixed', 'originals', 'both'])
        .default(defaultSettings.probes),
    )
    .option('--no-duplicates', 'do not look for near-duplicates and leaks')
    .option('--probe-share <share>', 'probe so many images and foretell the others: 10%', share, 1)
    .option('--proxies', 'say how well cheap signs foretell the sensitivities', false)
    .option('--active <range>', 'no more seeds for images whose choice is settled between two budgets: 30%-50%', range)
    .addOption(
      new Option(
        '--byte-model <name>',
        'what a file takes: plain bytes, blocks of 4 KiB on disk, or bytes in a tar shard',
      )
        .choices(byteModels)
        .default(defaultSettings.byteModel),
    )
    .option('--model <file>', 'measure with your own classifier, an ONNX file, instead of probes');
}

/** What trades bytes against training time. */
export const withTime = (command: Command): Command =>
  command.option(
    '--second-worth <size>',
    'bytes of budget that a second of training is worth: 10kB; by default none',
    size,
  );

/** What a plan may not do. */
export function withGuards(command: Command): Command {
  const { mostDropped } = defaultSettings.guards;
  return command
    .option('--protect <glob>', 'keep images that match unchanged: "*.png", "faces/**"; again for more', oneMore(glob))
    .option('--floor <glob=quality>', 'keep those that match at this quality or above; again for more', oneMore(floor))
    .option('--most-dropped <share>', 'drop no more of a class, and never its last two', shareOrNone, mostDropped)
    .option('--held-out <quality>', 'compress validation and test images to it; by default not', whole(1, 100));
}

export const settingsOf = ({
  task,
  qualities: ladder,
  subsampling,
  webp = false,
  optimizeHuffman,
  duplicates,
  folds,
  seeds,
  epochs,
  probes,
  probeShare,
  proxies,
  active,
  model,
  engine,
  byteModel = defaultSettings.byteModel,
  secondWorth = defaultSettings.secondWorth,
  probeSide,
  ...guards
}: AnalysisOptions): AnalysisSettings => ({
  qualities: ladder,
  codings: allowedCodings(subsampling, webp),
  optimizeHuffman,
  duplicates,
  folds,
  seeds,
  epochs,
  probes,
  probeShare,
  proxies,
  engine,
  byteModel,
  secondWorth,
  guards: guardsOf(guards),
  ...(task === undefined ? {} : { task }),
  ...(model === undefined ? {} : { model: path.resolve(model) }),
  ...(active === undefined ? {} : { budgetRange: active }),
  ...(probeSide === undefined ? {} : { probeSide }),
});

function guardsOf({ protect, floor: floors, mostDropped, heldOut }: GuardOptions): Guards {
  const usual = defaultSettings.guards;
  return {
    protect: protect ?? usual.protect,
    floors: floors ?? usual.floors,
    mostDropped: mostDropped ?? usual.mostDropped,
    heldOut: heldOut ?? usual.heldOut,
  };
}

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

const shareOrNone = (text: string): number => (/^\s*0+(\.0+)?\s*%\s*$/.test(text) ? 0 : share(text));

/** Reads the values of an option that can be given again. */
const oneMore =
  <T>(read: (text: string) => T) =>
  (text: string, before: readonly T[] = []): T[] => [...before, read(text)];

function glob(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Expected a pattern of paths, such as "*.png" or "faces/**".');
  return text;
}

function floor(text: string): QualityFloor {
  const [, pattern, quality] = /^(.+)=([^=]*)$/s.exec(text) ?? [];
  if (pattern === undefined || quality === undefined)
    throw new InvalidArgumentError('Expected a pattern and a quality, such as "faces/**=60".');
  return { glob: glob(pattern), quality: whole(1, 100)(quality) };
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
