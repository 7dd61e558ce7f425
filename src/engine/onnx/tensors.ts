import { Tensor } from 'onnxruntime-node';
import { sizeOf, type Parameter } from '../shapes.ts';
import { nextName } from './graphs.ts';

export type Tensors = Readonly<Record<string, Tensor>>;

/** Zeros in the shapes of the parameters, in memory that threads can share. */
export const parameterTensors = (parameters: readonly Parameter[], nameOf: (parameter: string) => string): Tensors =>
  Object.fromEntries(
    parameters.map(({ name, shape }) => {
      const data = new Float32Array(new SharedArrayBuffer(sizeOf(shape) * Float32Array.BYTES_PER_ELEMENT));
      return [nameOf(name), new Tensor('float32', data, shape)];
    }),
  );

/** The numbers of tensors of floats. */
export const numbersOf = (tensors: Tensors): Record<string, Float32Array> =>
  Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data as Float32Array]));

/** Tensors as what a graph makes of those of their names. */
export const asNext = (tensors: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [nextName(name), tensor]));
