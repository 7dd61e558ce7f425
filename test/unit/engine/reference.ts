/** Losses of a network in plain 64-bit numbers, written from the layers' definitions and sharing nothing with a backend. */
import type { Layer, NetworkDescription } from '../../../src/engine/index.ts';

/** channels × height × width, or features as a channel each. */
interface Image {
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly at: (channel: number, row: number, column: number) => number;
}
export type PlainWeights = ReadonlyMap<string, readonly number[]>;

/** Mean loss over a batch of float inputs, count × height × width × channels. */
export function referenceLoss(
  network: NetworkDescription,
  weights: PlainWeights,
  pixels: readonly number[],
  labels: Int32Array,
): number {
  const { height, width, channels, mean, deviation } = network;
  const size = height * width * channels;
  const count = pixels.length / size;
  let sum = 0;
  for (let image = 0; image < count; image++) {
    const input = solid([channels, height, width], (c, y, x) => {
      const value = pixels[image * size + (y * width + x) * channels + c] as number;
      return (value - (mean[c] as number)) / (deviation[c] as number);
    });
    const output = applied(network.layers, input, weights, '');
    const [, rows, columns] = output.shape;
    const heads = network.heads ?? [network.classes];
    let first = 0;
    heads.forEach((classes, head) => {
      const start = (image * heads.length + head) * rows * columns;
      const losses = [...labels.subarray(start, start + rows * columns)].flatMap((label, at) =>
        label < 0 ? [] : [crossEntropy(output, first, classes, Math.floor(at / columns), at % columns, label)],
      );
      first += classes;
      sum += losses.length === 0 ? 0 : losses.reduce((a, b) => a + b) / losses.length;
    });
  }
  return sum / count;
}

function crossEntropy({ at }: Image, first: number, classes: number, y: number, x: number, label: number): number {
  const logits = Array.from({ length: classes }, (_, c) => at(first + c, y, x));
  return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - (logits[label] as number);
}

function applied(layers: readonly Layer[], input: Image, weights: PlainWeights, prefix: string): Image {
  return layers.reduce((x, layer, at) => {
    const place = `${prefix}${at}.`;
    const of = (name: string) => weights.get(place + name) ?? [];
    if (layer.kind !== 'residual') return appliedLayer(layer, x, of('weight'), of('bias'));
    const inner = applied(layer.layers, x, weights, place);
    return solid(x.shape, (c, row, column) => x.at(c, row, column) + inner.at(c, row, column));
  }, input);
}

function appliedLayer(
  layer: Exclude<Layer, { kind: 'residual' }>,
  x: Image,
  weight: readonly number[],
  bias: readonly number[],
): Image {
  const [channels, height, width] = x.shape;
  const down = height === 1 ? 1 : 2;
  switch (layer.kind) {
    case 'conv': {
      const [tall, wide] = [height === 1 ? 1 : layer.size, layer.size];
      return solid([layer.filters, height, width], (f, row, column) => {
        let sum = bias[f] as number;
        for (let c = 0; c < channels; c++)
          for (let dy = 0; dy < tall; dy++)
            for (let dx = 0; dx < wide; dx++) {
              const [y, z] = [row + dy - (tall - 1) / 2, column + dx - (wide - 1) / 2];
              if (y < 0 || z < 0 || y >= height || z >= width) continue;
              sum += x.at(c, y, z) * (weight[((f * channels + c) * tall + dy) * wide + dx] as number);
            }
        return sum;
      });
    }
    case 'relu':
      return solid(x.shape, (c, row, column) => Math.max(0, x.at(c, row, column)));
    case 'maxPool':
      return solid([channels, Math.floor(height / down), Math.floor(width / 2)], (c, row, column) => {
        const places = Array.from(
          { length: 2 * down },
          (_, k) => [down * row + (k >> 1), 2 * column + (k % 2)] as const,
        );
        return Math.max(...places.map(([y, z]) => x.at(c, y, z)));
      });
    case 'upsample':
      return solid([channels, height * down, width * 2], (c, row, column) =>
        x.at(c, Math.floor(row / down), Math.floor(column / 2)),
      );
    case 'globalAveragePool':
      return solid([channels, 1, 1], (c) => {
        let sum = 0;
        for (let row = 0; row < height; row++)
          for (let column = 0; column < width; column++) sum += x.at(c, row, column);
        return sum / (height * width);
      });
    case 'flatten':
      return solid([channels * height * width, 1, 1], (k) =>
        x.at(Math.floor(k / (height * width)), Math.floor((k % (height * width)) / width), k % width),
      );
    case 'dense':
      return solid([layer.units, 1, 1], (unit) => {
        let sum = bias[unit] as number;
        for (let c = 0; c < channels; c++) sum += x.at(c, 0, 0) * (weight[c * layer.units + unit] as number);
        return sum;
      });
  }
}

/** Works every value out once. */
function solid(shape: Image['shape'], value: Image['at']): Image {
  const [channels, height, width] = shape;
  const values = Array.from({ length: channels * height * width }, (_, k) =>
    value(Math.floor(k / (height * width)), Math.floor((k % (height * width)) / width), k % width),
  );
  return { shape, at: (c, row, column) => values[(c * height + row) * width + column] as number };
}
