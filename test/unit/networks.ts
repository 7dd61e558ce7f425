import { Graph } from '../../src/engine/onnx/graph.ts';

/** An ONNX file, for three images at a time: the mean of each colour times a weight for each class. */
export function meanColourNetwork(
  layout: 'NCHW' | 'NHWC',
  side: number,
  weights: readonly (readonly number[])[],
): Uint8Array {
  const graph = new Graph();
  const classes = weights[0]?.length ?? 0;
  const images = graph.input('images', layout === 'NCHW' ? [3, 3, side, side] : [3, side, side, 3]);
  const axes = layout === 'NCHW' ? [2, 3] : [1, 2];
  const means = graph.apply('ReduceMean', [images], [3, 3], { axes, keepdims: 0 });
  graph.output('logits', graph.apply('MatMul', [means, graph.floats(weights.flat(), [3, classes])], [3, classes]));
  return graph.encode();
}
