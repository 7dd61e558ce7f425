/** A training process whose engine `webgpu` goes wrong in the way that FAULT names; all else is the real one. */
import { createRequire } from 'node:module';
import path from 'node:path';
import type { TrainingRequest } from '../../../src/worker/training-process.ts';

const fault = process.env['FAULT'];
const real = path.resolve('dist/training.cjs');

process.once('message', (request: TrainingRequest) => {
  const broken = request.engine === 'webgpu';
  const trial = request.work === undefined;
  if (broken && (fault === 'crashes' || (fault === 'crashes later' && !trial))) process.abort();
  if (broken && (fault === 'hangs' || (fault === 'hangs later' && !trial))) for (;;);
  if (broken && fault === 'is wrong') {
    const losses = new Float32Array(64).fill(2.4);
    process.send?.({ kind: 'trial', trial: { name: 'GPU', imagesPerSecond: 1e6, losses } });
    return;
  }
  if (broken && fault === 'is not there') {
    process.send?.({ kind: 'failed', message: 'No supported adapters' });
    return;
  }
  // What works is the CPU under another name, so that the trial agrees.
  createRequire(import.meta.url)(real);
  process.emit('message', { ...request, engine: 'cpu' }, undefined);
});
