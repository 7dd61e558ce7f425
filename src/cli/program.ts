import { Command, CommanderError, Option } from 'commander';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import {
  adaptInputs,
  configurationNames,
  defaultAdapt,
  type AdaptInput,
  type ConfigurationName,
} from '../protocol/adapt.ts';
import type { Task } from '../protocol/analysis.ts';
import type { Budget } from '../protocol/budget.ts';
import {
  Adapt,
  Analyze,
  DrawAttribution,
  Evaluate,
  defaultSettings,
  FitLaw,
  MakePlan,
  Predict,
  Scan,
  Study,
  Sweep,
  VerifyCopy,
  WriteCopy,
  type AnalysisSettings,
} from '../protocol/worker.ts';
import type { PolicyName } from '../protocol/policy.ts';
import { defaultEvaluation } from '../protocol/evaluation.ts';
import { defaultPrediction } from '../protocol/prediction.ts';
import { defaultSweep } from '../protocol/sweep.ts';
import { defaultStoreFolder } from '../host/store-folder.ts';
import { describeAdapt } from './describe-adapt.ts';
import { describeEvaluation } from './describe-evaluation.ts';
import { describeLaw } from './describe-law.ts';
import { describePrediction } from './describe-prediction.ts';
import { describeSweep } from './describe-sweep.ts';
import { describeStudy } from './describe-study.ts';
import { exitCodes } from './exit-codes.ts';
import {
  budget,
  budgetList,
  configurationList,
  engineOption,
  list,
  policies,
  policyOption,
  probeSideOption,
  qualityPair,
  settingsOf,
  share,
  sizes,
  whole,
  withAnalysis,
  withGuards,
  withRepetitions,
  withTask,
  withTime,
  withTraining,
  type AnalysisOptions,
  type Shared,
} from './options.ts';
import { runJob } from './run-job.ts';
import { describeAnalysis, describeCopy, describeDataset, describePlan, describeVerification } from './describe.ts';

interface PlanOptions extends AnalysisOptions {
  readonly budget: Budget;
  readonly policy: PolicyName;
  readonly diversity: number;
  readonly out?: string;
}

interface PredictOptions extends AnalysisOptions {
  readonly budgets?: readonly Budget[];
  readonly policy: PolicyName;
  readonly trainings: number;
  readonly trainingEpochs: number;
}

interface SweepOptions extends AnalysisOptions {
  readonly sizes?: readonly number[];
  readonly maxMinutes?: number;
  readonly budgets?: readonly number[];
}

interface EvaluateOptions extends Shared, Pick<AnalysisSettings, 'task' | 'engine' | 'probeSide' | 'proxies'> {
  readonly against: readonly PolicyName[];
  readonly seeds: number;
  readonly epochs: number;
}

interface AdaptOptions extends Shared, Pick<AnalysisSettings, 'seeds' | 'epochs' | 'engine' | 'probeSide'> {
  readonly configurations: readonly ConfigurationName[];
  readonly input: AdaptInput;
  readonly images?: number;
  readonly plan?: string;
  readonly qualities: [number, number];
}

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

  withTask(command('scan <folder>', 'list samples, classes, layout, bytes and problems')).action(
    (folder: string, { task, ...options }: Shared & { task?: Task }) =>
      runJob(
        options,
        (child, signal) => child.request(Scan, { folder: path.resolve(folder), ...(task && { task }) }, signal),
        describeDataset,
      ),
  );
  withGuards(withAnalysis(command('analyze <folder>', 'measure rates and cross-fitted sensitivities')))
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
  withTime(withGuards(withAnalysis(command('plan <folder>', 'choose a quality for every file under a byte budget'))))
    .requiredOption('--budget <size>', 'bytes of the copy: 40% of the original, or 12MB', budget)
    .addOption(policyOption())
    .option('--diversity <share>', 'so many files draw their quality at random, of sensitivity: 20%', share, 0)
    .option('--out <file>', 'plan file to write; default FOLDER.plan.jsonl in the current folder')
    .action((folder: string, { budget: wanted, policy: name, diversity, ...options }: PlanOptions) => {
      const params = {
        folder: path.resolve(folder),
        settings: settingsOf(options),
        budget: wanted,
        policy: { name, diversity },
        out: path.resolve(options.out ?? `${path.basename(path.resolve(folder))}.plan.jsonl`),
      };
      return runJob(options, (child, signal) => child.request(MakePlan, params, signal), describePlan);
    });
  const predicting = command('predict <folder>', 'train at some budgets and tell the test error at all others');
  withTime(withAnalysis(predicting))
    .option('--budgets <list>', 'to train at: 10%,20%,40%,80%; by default six', budgetList)
    .addOption(policyOption())
    .option('--trainings <r>', 'at each budget, with other seeds', whole(1, 50), defaultPrediction.seeds)
    .option('--training-epochs <n>', 'epochs of every one of them', whole(1, 1000), defaultPrediction.epochs)
    .action((folder: string, { budgets, policy, trainings, trainingEpochs, ...options }: PredictOptions) => {
      const wanted = { policy, seeds: trainings, epochs: trainingEpochs, ...(budgets !== undefined && { budgets }) };
      const params = { folder: path.resolve(folder), settings: settingsOf(options), prediction: wanted };
      return runJob(options, (child, signal) => child.request(Predict, params, signal), describePrediction);
    });
  const sweeping = command('sweep <folder>', 'train over numbers of images × qualities, and fit the storage law');
  withTime(withTraining(sweeping, defaultSweep))
    .option('--sizes <list>', 'numbers of training images; by default all, and four halvings', list(1, 1e9))
    .option('--max-minutes <m>', 'start no training after so long', whole(1, 100_000))
    .option('--budgets <list>', 'budgets to find the best mix for: 1MB,10MB', sizes)
    .action((folder: string, { sizes: numbers, maxMinutes, budgets, ...options }: SweepOptions) => {
      const wanted = {
        ...{ seeds: options.seeds, epochs: options.epochs },
        ...(numbers !== undefined && { sizes: numbers }),
        ...(maxMinutes !== undefined && { maxMinutes }),
        ...(budgets !== undefined && { budgets }),
      };
      const params = {
        folder: path.resolve(folder),
        settings: settingsOf({ ...defaultSettings, ...options }),
        sweep: wanted,
      };
      return runJob(options, (child, signal) => child.request(Sweep, params, signal), describeSweep);
    });
  const adapting = command(
    'adapt <folder>',
    'train on images that are compressed as their losses say (AdaptCompression)',
  );
  withRepetitions(adapting, defaultAdapt)
    .option('--configurations <list>', `of ${configurationNames.join(',')}; by default all`, configurationList, [
      ...configurationNames,
    ])
    .addOption(
      new Option('--input <kind>', 'what the network sees: the kept coefficients, or the image that they make')
        .choices(adaptInputs)
        .default(defaultAdapt.input),
    )
    .option('--images <n>', 'train on so many images, classes in their proportions; by default on all', whole(1, 1e9))
    .option('--plan <file>', "plan file to write, of two JPEG qualities by the moving threshold's last levels")
    .option('--qualities <low,high>', "the plan's, for images at high and at low compression", qualityPair, [20, 80])
    .action((folder: string, options: AdaptOptions) => {
      const { configurations, input, seeds, epochs, engine, probeSide, images, plan, qualities } = options;
      const settings = { ...defaultSettings, engine, ...(probeSide !== undefined && { probeSide }) };
      const wanted = {
        ...{ configurations, input, seeds, epochs },
        ...(images !== undefined && { images }),
        ...(plan !== undefined && { plan: { out: path.resolve(plan), qualities } }),
      };
      const params = { folder: path.resolve(folder), settings, adapt: wanted };
      return runJob(options, (child, signal) => child.request(Adapt, params, signal), describeAdapt);
    });
  command('law <file>', 'fit the storage law to a CSV file with the columns n, bytes, error and, if known, se')
    .option('--paper', 'fit as Mentzer & Montanari (2024) did: non-negative least squares, no headers', false)
    .option('--budgets <list>', 'budgets to find the best mix for: 1MB,10MB', sizes, [])
    .option('--images <n>', 'images that there are; by default as many as the largest point has', whole(1, 1e12))
    .action((file: string, { paper, budgets, images, ...options }: LawOptions) => {
      const params = { file: path.resolve(file), paper, budgets, ...(images !== undefined && { mostImages: images }) };
      return runJob(options, (child, signal) => child.request(FitLaw, params, signal), describeLaw);
    });
  withTask(command('evaluate <plan>', 'train on the plan and on rivals at the same bytes, and say which is better'))
    .option('--against <list>', 'policies to train beside it', policies, [...defaultEvaluation.against])
    .option('--seeds <r>', 'trainings of each', whole(2, 50), defaultEvaluation.seeds)
    .option('--epochs <n>', 'epochs of every training', whole(1, 1000), defaultEvaluation.epochs)
    .option('--proxies', 'measure EL2N, which el2n-drop and ccs-drop need', false)
    .addOption(engineOption())
    .addOption(probeSideOption())
    .action((plan: string, { against, seeds, epochs, ...options }: EvaluateOptions) => {
      const { task, engine, probeSide, proxies } = options;
      const chosen = { engine, proxies, ...(task && { task }), ...(probeSide !== undefined && { probeSide }) };
      const params = {
        plan: path.resolve(plan),
        settings: { ...defaultSettings, ...chosen },
        evaluation: { against, seeds, epochs },
      };
      return runJob(options, (child, signal) => child.request(Evaluate, params, signal), describeEvaluation);
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
