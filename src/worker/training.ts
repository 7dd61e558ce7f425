/**
 * A process that does one training and ends: a fold of the cross-fitting, or a trial of an engine. In a process of its own
 * an engine that crashes, or hangs, takes nothing with it, and a cancelled training ends at once.
 */
// Not by the room's index: that would load sharp, which is not safe everywhere (sharp-runtime.ts).
import { runFold } from '../core/probe/fold.ts';
import { tryEngine } from '../core/probe/engine-trial.ts';
import { openEngine } from './engines.ts';
import type { TrainingRequest, TrainingSays } from './training-process.ts';

const say = (message: TrainingSays) => process.send?.(message);

async function run({ engine: name, fold, threads }: TrainingRequest): Promise<TrainingSays> {
  try {
    const engine = openEngine(name, threads);
    if (fold === undefined) return { kind: 'trial', trial: await tryEngine(engine) };
    const onStep = () => say({ kind: 'step' });
    return { kind: 'fold', losses: await runFold(engine, fold, { signal: new AbortController().signal, onStep }) };
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

process.once('message', (request: TrainingRequest) => {
  void run(request).then((last) => process.send?.(last, undefined, {}, () => process.kill(process.pid, 'SIGKILL')));
});
// Ctrl-C in a terminal reaches this process too, but it is for its parent to end it.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
