import { runFold } from '../../src/core/probe/fold.ts';
import type { OpenTrainer } from '../../src/core/probe/index.ts';
import { createCpuEngine } from '../../src/engine/onnx/index.ts';

/** Runs folds in the test's own thread. */
export function localTrainer(): OpenTrainer {
  const engine = createCpuEngine();
  return () =>
    Promise.resolve({ name: engine.name, parallel: 1, run: (task, context) => runFold(engine, task, context) });
}
