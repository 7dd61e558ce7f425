import type { Engine } from '../../engine/index.ts';
import { runAdapt } from '../adapt/train.ts';
import { runAttribution } from './attribution.ts';
import { runFold } from './fold.ts';
import { scoreByOwnNetwork } from './own-network.ts';
import type { TaskContext, TaskName, Tasks } from './trainer.ts';

const runners: {
  readonly [N in TaskName]: (
    engine: Engine,
    task: Tasks[N]['task'],
    context: TaskContext,
  ) => Promise<Tasks[N]['result']>;
} = {
  fold: runFold,
  attribution: runAttribution,
  ownNetwork: scoreByOwnNetwork,
  adapt: runAdapt,
  inspect: (engine, { file }) => engine.inspect(file),
};

/** Runs a task in this thread. */
export const runTask = <N extends TaskName>(
  engine: Engine,
  name: N,
  task: Tasks[N]['task'],
  context: TaskContext,
): Promise<Tasks[N]['result']> => runners[name](engine, task, context);
