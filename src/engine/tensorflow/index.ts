/** Models in TensorFlow, where `@tensorflow/tfjs-node` (or its GPU build) is installed. */
import type * as Tf from '@tensorflow/tfjs-core';
import { createRequire } from 'node:module';
import util from 'node:util';
import type { Engine } from '../index.ts';
import { createModel } from './model.ts';

const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** The first build that is installed for code beside a file. @throws Error when there is none, or it does not load */
export function openTensorflow(beside: string): Engine {
  const require = createRequire(beside);
  const name = packages.find((candidate) => resolves(require, candidate));
  if (name === undefined) throw new Error(`${packages.join(' and ')} are not installed`);
  // It calls what Node 23 removed (tensorflow/tfjs#8609, mended but never released).
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined });
  const tf = require(name) as typeof Tf & { readonly version: Readonly<Record<string, string>> };
  return createTensorflowEngine(
    tf,
    `${name.endsWith('gpu') ? 'GPU' : 'CPU'} (${name} ${tf.version['tfjs-core'] ?? ''})`,
  );
}

export function tensorflowInstalled(beside: string): boolean {
  const require = createRequire(beside);
  return packages.some((name) => resolves(require, name));
}

/** Any TensorFlow.js whose backend is ready. */
export function createTensorflowEngine(tf: typeof Tf, name: string): Engine {
  const refuse = (file: string) =>
    Promise.reject(new Error(`${name} can't read ${file}: ONNX files need another engine`));
  return {
    name,
    inspect: refuse,
    create: (options) => Promise.resolve().then(() => createModel(tf, options)),
    open: ({ file }) => refuse(file),
  };
}

function resolves(require: NodeJS.Require, name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
