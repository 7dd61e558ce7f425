/** A thread that runs one fold and ends. Its training uses one thread: side by side, that is faster than sharing. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
// Not by the room's index: that would load sharp, which is not safe everywhere (sharp-runtime.ts).
import { runFold } from '../core/probe/fold.ts';
import type { FoldTask } from '../core/probe/index.ts';
import { createCpuEngine } from '../engine/onnx/index.ts';

async function run(port: MessagePort): Promise<void> {
  const controller = new AbortController();
  port.once('message', () => {
    controller.abort();
  });
  const onStep = () => {
    port.postMessage({ kind: 'step' });
  };
  const context = { signal: controller.signal, onStep };
  const losses = await runFold(createCpuEngine({ threads: 1 }), workerData as FoldTask, context);
  port.postMessage({ kind: 'done', losses });
  port.close();
}

// A failure ends the thread, and reaches its owner as the thread's error.
if (parentPort !== null) void run(parentPort);
