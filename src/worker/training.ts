/**
 * A process that does one task and ends: a fold of the cross-fitting, an attribution, or a trial of an engine. In a process of its own
 * an engine that crashes, or hangs, takes nothing with it, and a cancelled training ends at once.
 */
// Not by the room's index: that would load sharp, which is not safe everywhere (sharp-runtime.ts).
import { runTask } from '../core/probe/tasks.ts';
import { tryEngine } from '../core/probe/engine-trial.ts';
import { openEngine } from './engines.ts';
import type { TrainingRequest, TrainingSays } from './training-process.ts';

const say = (message: TrainingSays) => process.send?.(message);

async function run({ engine: name, work, threads }: TrainingRequest): Promise<TrainingSays> {
  try {
    const engine = openEngine(name, threads);
    if (work === undefined) return { kind: 'trial', trial: await tryEngine(engine) };
    const onStep = () => say({ kind: 'step' });
    const context = { signal: new AbortController().signal, onStep };
    return { kind: 'done', result: await runTask(engine, work.name, work.task, context) };
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
