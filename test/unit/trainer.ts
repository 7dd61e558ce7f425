import { runTask } from '../../src/core/probe/tasks.ts';
import type { OpenTrainer } from '../../src/core/probe/index.ts';
import { createCpuEngine } from '../../src/engine/onnx/index.ts';

/** Runs tasks in the test's own thread. */
export function localTrainer(): OpenTrainer {
  const engine = createCpuEngine();
  return () =>
    Promise.resolve({
      name: engine.name,
      parallel: 1,
      run: (name, task, context) => runTask(engine, name, task, context),
    });
}
