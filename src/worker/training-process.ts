/** Runs trainings in processes of their own. */
import { fork } from 'node:child_process';
import type { EngineTrial, TaskName, Tasks } from '../core/probe/index.ts';
import type { EngineName } from '../protocol/worker.ts';

export interface TrainingRequest {
  readonly engine: EngineName;
  /** What to do; a trial of the engine when absent. */
  readonly work?: { readonly name: TaskName; readonly task: Tasks[TaskName]['task'] };
  /** That the CPU gives to it. */
  readonly threads: number;
}

export type TrainingSays =
  | { readonly kind: 'step' }
  | { readonly kind: 'done'; readonly result: Tasks[TaskName]['result'] }
  | { readonly kind: 'trial'; readonly trial: EngineTrial }
  | { readonly kind: 'failed'; readonly message: string };

const lastWords = 1000;

type Result = Exclude<TrainingSays, { readonly kind: 'step' | 'failed' }>;

export interface TrainingContext {
  readonly signal: AbortSignal;
  readonly onStep: () => void;
  /** Longest silence that is not taken for hanging. */
  readonly patienceMs: number;
}

/** @throws Error when the training fails, its process dies, or it is silent for too long */
export function runTraining(
  file: string,
  request: TrainingRequest,
  { signal, onStep, patienceMs }: TrainingContext,
): Promise<Result> {
  return new Promise<Result>((resolve, reject) => {
    signal.throwIfAborted();
    const child = fork(file, [], {
      serialization: 'advanced',
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    // What a driver grumbles matters only when the process dies of it.
    let grumbles = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      grumbles = (grumbles + text).slice(-lastWords);
    });
    const end = () => void child.kill('SIGKILL');
    const hangs = setTimeout(() => {
      reject(new Error(`${request.engine} gave no answer for ${patienceMs / 1000} s`));
      end();
    }, patienceMs);
    signal.addEventListener('abort', end);
    child.on('message', (said: TrainingSays) => {
      hangs.refresh();
      if (said.kind === 'step') onStep();
      else if (said.kind === 'failed') reject(new Error(said.message));
      else resolve(said);
    });
    child.once('error', reject);
    child.once('exit', (code, how) => {
      clearTimeout(hangs);
      signal.removeEventListener('abort', end);
      const died = `The process of a training ended ${how === null ? `with code ${code ?? 'unknown'}` : `by ${how}`}`;
      reject(signal.aborted ? (signal.reason as Error) : new Error(`${died}. ${grumbles}`.trim()));
    });
    child.send(request);
  });
}
