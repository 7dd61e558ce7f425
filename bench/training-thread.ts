/** One of several trainings side by side, on one thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { createCpuEngine } from '../src/engine/onnx/index.ts';
import type { Pixels } from './pixels.ts';
import { trainRate } from './reference.ts';

const { data, steps } = workerData as { data: Pixels; steps: number };
parentPort?.postMessage(await trainRate(createCpuEngine(), data, steps));
