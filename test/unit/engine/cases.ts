/** Networks with every kind of layer, and what engines make of them. */
import type { Batch, Engine, Layer, NetworkDescription } from '../../../src/engine/index.ts';
import { headsOf, positionsOf } from '../../../src/engine/shapes.ts';

const conv = (filters: number): Layer => ({ kind: 'conv', filters, size: 3 });
const relu: Layer = { kind: 'relu' };
const pool: Layer = { kind: 'maxPool' };
const up: Layer = { kind: 'upsample' };
const flatten: Layer = { kind: 'flatten' };
const classes = 3;
const head: Layer = { kind: 'dense', units: classes };

const network = (side: number | readonly [number, number], layers: readonly Layer[]): NetworkDescription => {
  const [height, width] = typeof side === 'number' ? [side, side] : side;
  return { height, width, channels: 2, input: 'float32', mean: [0.1, -0.1], deviation: [0.9, 1.1], classes, layers };
};

export const networks: Readonly<Record<string, NetworkDescription>> = {
  'a linear network': network(4, [flatten, head]),
  'dense layers': network(4, [flatten, { kind: 'dense', units: 5 }, relu, head]),
  'convolutions and maxima (paper A)': network(8, [
    conv(3),
    relu,
    pool,
    conv(4),
    relu,
    pool,
    conv(4),
    relu,
    flatten,
    head,
  ]),
  'a 5×5 kernel and odd sides': network(7, [{ kind: 'conv', filters: 3, size: 5 }, pool, relu, flatten, head]),
  'residual layers and a global average': network(6, [
    conv(3),
    relu,
    { kind: 'residual', layers: [conv(4), relu, conv(3), { kind: 'residual', layers: [relu] }] },
    { kind: 'globalAveragePool' },
    head,
  ]),
  'a fully convolutional network': network(8, [
    conv(3),
    relu,
    { kind: 'residual', layers: [pool, conv(4), relu, conv(3), up] },
    { kind: 'conv', filters: classes, size: 1 },
  ]),
  'a coarse map of classes, as detection has': network(8, [conv(3), pool, relu, conv(classes)]),
  'several questions a position, as boxes have': {
    ...network(8, [conv(3), pool, relu, conv(9)]),
    classes: 9,
    heads: [3, 4, 2],
  },
  'signals (AdaptCompression)': network([1, 16], [conv(3), relu, pool, conv(4), relu, pool, flatten, head]),
};

const count = 4;

/** The same inputs every time, and a label for every position; some positions of maps have none. */
export function batchOf(description: NetworkDescription): Batch {
  const { height, width, channels, layers } = description;
  const heads = headsOf(description);
  const positions = positionsOf(description);
  let state = 7;
  const draw = () => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 8) / 2 ** 24;
  const pixels = Float32Array.from({ length: count * height * width * channels }, () => 2 * draw() - 1);
  const partly = layers.at(-1)?.kind === 'conv';
  const labels = Int32Array.from({ length: count * heads.length * positions }, (_, at) =>
    partly && at % 5 === 0 ? -1 : at % (heads[Math.floor(at / positions) % heads.length] as number),
  );
  return { pixels, labels };
}

export interface Gradients {
  readonly loss: number;
  /** Of every image. */
  readonly losses: readonly number[];
  readonly weights: ReadonlyMap<string, readonly number[]>;
  readonly gradients: ReadonlyMap<string, readonly number[]>;
  readonly input: readonly number[];
}

/** What an engine finds: a plain step of rate 1 moves every weight by its gradient. */
export async function gradientsBy(engine: Engine, description: NetworkDescription, batch: Batch): Promise<Gradients> {
  const optimizer = { kind: 'sgd', momentum: 0 } as const;
  const model = await engine.create({ network: description, optimizer, batchSize: count, seed: 5 });
  const before = model.weights();
  const input = [...(await model.inputGradient(batch))];
  const losses = new Float32Array(count);
  const loss = await model.trainStep(batch, 1, losses);
  const after = model.weights();
  await model.dispose();
  return {
    loss,
    losses: [...losses],
    input,
    weights: new Map([...before].map(([name, { data }]) => [name, [...data]])),
    gradients: new Map(
      [...before].map(([name, { data }]) => [
        name,
        Array.from(data, (w, at) => w - (after.get(name)?.data[at] ?? NaN)),
      ]),
    ),
  };
}

/** Distance of two vectors in lengths of the second. */
export function relativeError(a: readonly number[], b: readonly number[]): number {
  const length = (values: readonly number[]) => Math.hypot(...values);
  return length(a.map((value, at) => value - (b[at] ?? NaN))) / Math.max(1e-6, length(b));
}
