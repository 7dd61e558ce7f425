/** Decides by a trial which engine trains, and falls back to the CPU when it fails. */
import { availableParallelism } from 'node:os';
import {
  disagreement,
  type EngineTrial,
  type TaskContext,
  type TaskName,
  type Tasks,
  type Trainer,
} from '../core/probe/index.ts';
import type { EngineChoice, EngineName } from '../protocol/worker.ts';
import { candidates, openEngine } from './engines.ts';
import { runTraining } from './training-process.ts';

/** Each seventh of a gigabyte that a training takes must fit beside the others. */
const mostProcesses = 8;
/** Longest silences that are not taken for hanging, in ms; a trial may have to compile its programs for the device. */
const usualPatience = { trialMs: 15_000, stepMs: 60_000 };
type Patience = typeof usualPatience;
/** Rounding in another order stays far below it; a wrong operator does not. */
const tolerance = 1e-3;

interface Trial {
  readonly name: EngineName;
  readonly trial: EngineTrial;
}

type Log = (level: 'info' | 'warn' | 'error', message: string) => void;

/** A trainer for a choice of engine; `auto` takes the fastest of those that agree with the CPU. */
export async function chooseTrainer(
  file: string,
  choice: EngineChoice,
  log: Log,
  signal: AbortSignal,
  patience: Patience = usualPatience,
): Promise<Trainer> {
  const names = choice === 'auto' ? candidates() : choice === 'cpu' ? [] : [choice];
  const cpuName = openEngine('cpu').name;
  const refuse = (name: EngineName, reason: string) => {
    const level = choice === 'auto' ? 'info' : 'warn';
    log(level, `The engine ${name} can not serve, the CPU does: ${reason.replaceAll(/\s+/g, ' ')}`);
  };
  const trials: Trial[] = [];
  for (const name of names)
    try {
      trials.push({ name, trial: await tried(file, name, signal, patience) });
    } catch (error) {
      signal.throwIfAborted();
      refuse(name, (error as Error).message);
    }
  const asked = choice === 'auto' || choice === 'cpu' ? '' : `; ${choice} failed`;
  if (trials.length === 0) return trainer(file, 'cpu', cpuName + asked, patience);

  const cpu = await triedOnEveryProcessor(file, signal, patience);
  const agreeing = trials.filter(({ name, trial }) => {
    const off = disagreement(cpu, trial);
    if (off > tolerance) refuse(name, `its losses differ from the CPU's by ${(100 * off).toFixed(1)} %`);
    return off <= tolerance;
  });
  const figures = [cpu, ...trials.map(({ trial }) => trial)].map((one) => `${one.name} ${rate(one)}`).join(', ');
  const serving = trainer(file, 'cpu', `${cpuName}; tried: ${figures}`, patience);
  const [best] = agreeing.sort((a, b) => b.trial.imagesPerSecond - a.trial.imagesPerSecond);
  if (best === undefined || (choice === 'auto' && best.trial.imagesPerSecond <= cpu.imagesPerSecond)) return serving;
  return fallingBack(trainer(file, best.name, `${best.trial.name}; tried: ${figures}`, patience), serving, log);
}

const rate = ({ imagesPerSecond }: EngineTrial) => `${Math.round(imagesPerSecond).toLocaleString('en')} images/s`;

async function tried(
  file: string,
  engine: EngineName,
  signal: AbortSignal,
  { trialMs }: Patience,
): Promise<EngineTrial> {
  const result = await runTraining(
    file,
    { engine, threads: 1 },
    { signal, onStep: () => undefined, patienceMs: trialMs },
  );
  if (result.kind !== 'trial') throw new Error(`Expected a trial but received ${result.kind}`);
  return result.trial;
}

/** The CPU as it works: a training on every processor. */
async function triedOnEveryProcessor(file: string, signal: AbortSignal, patience: Patience): Promise<EngineTrial> {
  const trials = await Promise.all(Array.from({ length: processes() }, () => tried(file, 'cpu', signal, patience)));
  const [first] = trials as [EngineTrial, ...EngineTrial[]];
  return { ...first, imagesPerSecond: trials.reduce((sum, { imagesPerSecond }) => sum + imagesPerSecond, 0) };
}

const processes = () => Math.min(availableParallelism(), mostProcesses);

/** Runs every task in a process of its own, as many at a time as there are processors. */
function trainer(file: string, engine: EngineName, title: string, { stepMs }: Patience): Trainer {
  return {
    name: title,
    // Two on a GPU: one computes while the other feeds it.
    parallel: engine === 'cpu' ? processes() : 2,
    async run<N extends TaskName>(
      name: N,
      task: Tasks[N]['task'],
      { signal, onStep }: TaskContext,
      sideBySide: number,
    ) {
      const threads = Math.max(1, Math.floor(availableParallelism() / sideBySide));
      const context = { signal, onStep, patienceMs: stepMs };
      const result = await runTraining(file, { engine, work: { name, task }, threads }, context);
      if (result.kind !== 'done') throw new Error(`Expected a result but received a ${result.kind}`);
      return result.result;
    },
  };
}

/** Another trainer takes over, for good, when the first one fails. */
function fallingBack(first: Trainer, second: Trainer, log: Log): Trainer {
  let serving = first;
  return {
    get name() {
      return serving.name;
    },
    parallel: first.parallel,
    async run(name, task, context, sideBySide) {
      const own = serving;
      try {
        return await own.run(name, task, context, sideBySide);
      } catch (error) {
        context.signal.throwIfAborted();
        if (own === second) throw error;
        // Said once, by the first of those side by side that fails.
        if (own === serving) log('warn', `${first.name} failed, the CPU goes on: ${(error as Error).message}`);
        serving = second;
        return second.run(name, task, context, sideBySide);
      }
    },
  };
}
