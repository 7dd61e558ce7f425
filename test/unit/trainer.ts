import { runFold } from '../../src/core/probe/fold.ts';
import type { Trainer } from '../../src/core/probe/index.ts';
import { createCpuEngine } from '../../src/engine/onnx/index.ts';

/** Runs folds in the test's own thread. */
export function localTrainer(): Trainer {
  const engine = createCpuEngine();
  return { name: engine.name, parallel: 1, run: (task, context) => runFold(engine, task, context) };
}
