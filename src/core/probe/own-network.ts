/** Sensitivities by the user's own network. */
import type { Engine, NetworkFile, TensorShape, TrainedNetwork } from '../../engine/index.ts';
import { InputError } from '../errors.ts';
import type { OwnNetworkSettings } from './own-network-settings.ts';
import { judgeClasses } from './judge/index.ts';
import { score } from './score.ts';
import type { FoldLosses, OwnNetworkTask, TaskContext } from './trainer.ts';
import { openViews } from './views.ts';

const imagesAtATime = 64;

export async function scoreByOwnNetwork(
  engine: Engine,
  { views: file, network, labels }: OwnNetworkTask,
  { signal }: TaskContext,
): Promise<FoldLosses> {
  using views = openViews(file);
  const scorer = await engine.open(network);
  try {
    const scored = { model: scorer, views, judge: judgeClasses(labels), batchSize: imagesAtATime };
    return await score(scored, Uint32Array.from(labels.keys()), signal);
  } finally {
    await scorer.dispose();
  }
}

/** How a network is fed, and which of its outputs each class of the dataset is. */
export interface OwnNetwork {
  readonly network: TrainedNetwork;
  /** Output of every class of the dataset. */
  readonly outputs: Int32Array;
}

/**
 * Fits a network file, with what its user says of it, to a dataset's classes.
 * @throws InputError that names what was expected and what was found
 */
export function fitNetwork(
  file: string,
  { inputs, outputs }: NetworkFile,
  settings: OwnNetworkSettings,
  classes: readonly string[],
): OwnNetwork {
  const wrong = (expected: string, found: string, advice: string) =>
    new InputError(`${file}: expected ${expected} but found ${found}; ${advice}`);
  const [input, ...more] = inputs;
  if (!input || more.length > 0)
    throw wrong(
      'one input, a batch of images',
      `${inputs.length} (${inputs.map(({ name }) => name).join(', ')})`,
      'export the classifier alone',
    );
  if (input.type !== 'float32' || input.shape.length !== 4)
    throw wrong(
      'an input of float32 with four dimensions',
      words(input),
      'export it for float32 images, N × 3 × H × W or N × H × W × 3',
    );
  const layout = settings.layout ?? (input.shape[1] === 3 ? 'NCHW' : input.shape[3] === 3 ? 'NHWC' : undefined);
  if (layout === undefined)
    throw wrong(
      '3 colours in the second or last dimension',
      words(input),
      'say "layout": "NCHW" or "NHWC" in the settings beside the model',
    );
  const [batch, ...sizes] = input.shape;
  const [colours, height, width] = layout === 'NCHW' ? sizes : [sizes[2], sizes[0], sizes[1]];
  if (colours !== 3 && colours !== null) throw wrong(`3 colours for ${layout}`, words(input), 'images come as RGB');
  const side = settings.inputSize ?? height ?? width;
  if (side === undefined || side === null)
    throw wrong('a fixed input size', words(input), 'give "inputSize" in the settings beside the model');
  for (const size of [height, width])
    if (size !== null && size !== side)
      throw wrong(
        `square images of ${side} × ${side}`,
        words(input),
        'export it with a square input of the size in the settings',
      );

  const [output] = outputs;
  const count = output?.shape.at(-1);
  if (!output || output.type !== 'float32' || output.shape.length !== 2)
    throw wrong(
      'an output of float32 logits, N × classes',
      output ? words(output) : 'none',
      'export the classifier with its logits first',
    );
  const names = settings.labels ?? (count === classes.length || count === null ? classes : undefined);
  if (names === undefined)
    throw wrong(
      `${classes.length} classes, as the dataset has (${listed(classes)})`,
      `${count ?? '?'} logits`,
      'name the class of each logit in "labels"',
    );
  if (typeof count === 'number' && names.length !== count)
    throw wrong(`${count} labels, one for each logit`, `${names.length}`, 'complete the labels');
  const missing = classes.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw wrong(
      `a label for every class of the dataset`,
      `none for ${listed(missing)} among ${listed(names)}`,
      'use the names of the class folders',
    );
  return {
    network: {
      ...{ file, input: input.name, output: output.name, side, layout },
      ...{ scale: settings.scale, mean: settings.mean, deviation: settings.std },
      ...(typeof batch === 'number' && { batch }),
    },
    outputs: Int32Array.from(classes, (name) => names.indexOf(name)),
  };
}

const words = ({ name, type, shape }: TensorShape) =>
  `${name}: ${type} ${shape.map((size) => size ?? '?').join(' × ')}`;

const listed = (names: readonly string[]) => names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '');
