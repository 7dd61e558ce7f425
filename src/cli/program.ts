import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { parseBudget, type Budget } from '../protocol/budget.ts';
import {
  Analyze,
  DrawAttribution,
  defaultSettings,
  engineNames,
  FitLaw,
  MakePlan,
  Scan,
  Study,
  VerifyCopy,
  WriteCopy,
  type AnalysisSettings,
} from '../protocol/worker.ts';
import { defaultStoreFolder } from '../host/store-folder.ts';
import { describeLaw } from './describe-law.ts';
import { describeStudy } from './describe-study.ts';
import { exitCodes } from './exit-codes.ts';
import { runJob } from './run-job.ts';
import { describeAnalysis, describeCopy, describeDataset, describePlan, describeVerification } from './describe.ts';

interface Shared {
  readonly json?: boolean;
  readonly store: string;
}

type AnalysisOptions = Shared & Omit<AnalysisSettings, 'budgetRange'> & { readonly active?: [number, number] };

interface LawOptions extends Shared {
  readonly paper: boolean;
  readonly budgets: readonly number[];
  readonly images?: number;
}

export function program(): Command {
  const bitbudget = new Command('bitbudget')
    .description('Finds the JPEG quality that every image of a training set deserves under a byte budget.')
    .version(packageJson.version)
    .exitOverride((error: CommanderError) => process.exit(error.exitCode === 0 ? exitCodes.done : exitCodes.usage))
    .showHelpAfterError('(add --help for the options)');
  const command = (usage: string, description: string) =>
    bitbudget
      .command(usage)
      .description(description)
      .option('--json', 'print one JSON document on stdout')
      .option('--store <folder>', 'where measurements are kept', defaultStoreFolder());

  command('scan <folder>', 'list samples, classes, layout, bytes and problems').action(
    (folder: string, options: Shared) =>
      runJob(
        options,
        (child, signal) => child.request(Scan, { folder: path.resolve(folder) }, signal),
        describeDataset,
      ),
  );
  withAnalysis(command('analyze <folder>', 'measure rates and cross-fitted sensitivities'))
    .option('--paper', 'study training on compressed images instead: at q 5, 50 and originals, tested at every quality')
    .action((folder: string, { paper = false, ...options }: AnalysisOptions & { paper?: boolean }) => {
      const params = { folder: path.resolve(folder), settings: settingsOf(options) };
      return paper
        ? runJob(options, (child, signal) => child.request(Study, params, signal), describeStudy)
        : runJob(options, (child, signal) => child.request(Analyze, params, signal), describeAnalysis);
    });
  withAnalysis(command('attribution <folder> <image>', 'draw what networks trained at different qualities look at'))
    .requiredOption('--out <file>', 'picture to write, a PNG')
    .action((folder: string, image: string, { out, ...options }: AnalysisOptions & { out: string }) => {
      const params = { folder: path.resolve(folder), settings: settingsOf(options), path: image };
      return runJob(
        options,
        async (child, signal) => {
          const { png, trained } = await child.request(DrawAttribution, params, signal);
          await writeFile(out, png);
          return { out: path.resolve(out), trained };
        },
        (drawn) => ({
          text: `Picture   ${drawn.out}: the image, then networks trained at ${drawn.trained.join(', ')}`,
        }),
      );
    });
  withAnalysis(command('plan <folder>', 'choose a quality for every file under a byte budget'))
    .requiredOption('--budget <size>', 'bytes of the copy: 40% of the original, or 12MB', budget)
    .option('--out <file>', 'plan file to write; default FOLDER.plan.jsonl in the current folder')
    .action((folder: string, options: AnalysisOptions & { budget: Budget; out?: string }) => {
      const out = path.resolve(options.out ?? `${path.basename(path.resolve(folder))}.plan.jsonl`);
      const params = { folder: path.resolve(folder), settings: settingsOf(options), budget: options.budget, out };
      return runJob(options, (child, signal) => child.request(MakePlan, params, signal), describePlan);
    });
  command('law <file>', 'fit the storage law to a CSV file with the columns n, bytes, error and, if known, se')
    .option('--paper', 'fit as Mentzer & Montanari (2024) did: non-negative least squares, no headers', false)
    .option('--budgets <list>', 'budgets to find the best mix for: 1MB,10MB', sizes, [])
    .option('--images <n>', 'images that there are; by default as many as the largest point has', whole(1, 1e12))
    .action((file: string, { paper, budgets, images, ...options }: LawOptions) => {
      const params = { file: path.resolve(file), paper, budgets, ...(images !== undefined && { mostImages: images }) };
      return runJob(options, (child, signal) => child.request(FitLaw, params, signal), describeLaw);
    });
  command('write <plan> <out>', 'write, or go on writing, the copy that a plan describes').action(
    (plan: string, out: string, options: Shared) =>
      runJob(
        options,
        (child, signal) => child.request(WriteCopy, { plan: path.resolve(plan), out: path.resolve(out) }, signal),
        describeCopy,
      ),
  );
  command('verify <out>', 'check every file of a copy against its manifest').action((out: string, options: Shared) =>
    runJob(
      options,
      (child, signal) => child.request(VerifyCopy, { out: path.resolve(out) }, signal),
      describeVerification,
    ),
  );
  return bitbudget;
}

function withAnalysis(command: Command): Command {
  return command
    .option('--qualities <list>', 'JPEG qualities to measure, 1 to 100', qualities, [...defaultSettings.qualities])
    .addOption(
      new Option('--subsampling <mode>', 'chroma subsampling')
        .choices(['4:2:0', '4:4:4'])
        .default(defaultSettings.subsampling),
    )
    .option('--no-optimize-huffman', 'use the standard Huffman tables (larger files)')
    .option('--folds <k>', 'folds of the cross-fitting', whole(2, 20), defaultSettings.folds)
    .option('--seeds <r>', 'repetitions with other seeds', whole(1, 50), defaultSettings.seeds)
    .option('--epochs <n>', 'epochs of every probe', whole(1, 1000), defaultSettings.epochs)
    .addOption(
      new Option('--probes <kind>', 'train them on random qualities, on originals alone, or both to compare')
        .choices(['mixed', 'originals', 'both'])
        .default(defaultSettings.probes),
    )
    .option('--probe-share <share>', 'probe so many images and foretell the others: 10%', share, 1)
    .option('--proxies', 'say how well cheap signs foretell the sensitivities', false)
    .option('--active <range>', 'no more seeds for images whose choice is settled between two budgets: 30%-50%', range)
    .option('--model <file>', 'measure with your own classifier, an ONNX file, instead of probes')
    .addOption(
      new Option('--engine <name>', 'what trains the probes; auto is the fastest that agrees with the CPU')
        .choices(['auto', ...engineNames])
        .default(defaultSettings.engine),
    )
    .option('--probe-side <pixels>', 'input size of the probes; chosen from the images by default', whole(16, 128));
}

const settingsOf = ({
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
  ...(model === undefined ? {} : { model: path.resolve(model) }),
  ...(active === undefined ? {} : { budgetRange: active }),
  ...(probeSide === undefined ? {} : { probeSide }),
});

function budget(text: string): Budget {
  const result = parseBudget(text);
  if (result === undefined) throw new InvalidArgumentError('Expected a share such as 40% or bytes such as 12MB.');
  return result;
}

function sizes(text: string): number[] {
  return text.split(',').map((one) => {
    const result = parseBudget(one);
    if (result === undefined || !('bytes' in result))
      throw new InvalidArgumentError('Expected sizes such as 1MB,10MB.');
    return result.bytes;
  });
}

function share(text: string): number {
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

function qualities(text: string): number[] {
  const values = [...new Set(text.split(',').map(whole(1, 100)))];
  return values.sort((a, b) => a - b);
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most || text.trim() === '')
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
    return value;
  };
}
