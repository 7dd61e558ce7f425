/** A thread that runs one fold and ends. Its training uses one thread: side by side, that is faster than sharing. */
import { parentPort, workerData } from 'node:worker_threads';
import { runFold, type FoldTask } from '../core/probe/index.ts';
import { createCpuEngine } from '../engine/onnx/index.ts';

const port = parentPort;
if (port === null) throw new Error('Expected to run in a thread');
const controller = new AbortController();
port.once('message', () => {
  controller.abort();
});
const onStep = () => {
  port.postMessage({ kind: 'step' });
};
const losses = await runFold(createCpuEngine({ threads: 1 }), workerData as FoldTask, {
  signal: controller.signal,
  onStep,
});
port.postMessage({ kind: 'done', losses });
port.close();
