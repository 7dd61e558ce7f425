/** What every backend asks of a batch. */
import type { Batch, NetworkDescription } from './index.ts';
import { headsOf, labelsPerImage, positionsOf } from './shapes.ts';

/** Numbers that one image has. */
export const imageSize = ({ height, width, channels }: NetworkDescription) => height * width * channels;

/** Images of a batch. @throws RangeError when it does not fit the network */
export function checkedCount(network: NetworkDescription, batchSize: number, { pixels, labels }: Batch): number {
  const { height, width, channels, input = 'uint8' } = network;
  const perImage = labelsPerImage(network);
  const count = labels.length / perImage;
  if (!Number.isInteger(count) || count < 1 || count > batchSize)
    throw new RangeError(
      `Expected a batch of 1 to ${batchSize} images with ${perImage} labels each but received ${labels.length} labels`,
    );
  const numbers = count * imageSize(network);
  if (pixels.length !== numbers || (input === 'uint8') !== pixels instanceof Uint8Array)
    throw new RangeError(
      `Expected ${count} images of ${height} × ${width} × ${channels} (${numbers} numbers of ${input}) but received ${pixels.length} in a ${pixels.constructor.name}`,
    );
  checkLabels(network, labels);
  return count;
}

function checkLabels(network: NetworkDescription, labels: Int32Array): void {
  const heads = headsOf(network);
  const positions = positionsOf(network);
  const least = positions > 1 ? -1 : 0;
  for (let start = 0; start < labels.length; start += positions) {
    const classes = heads[(start / positions) % heads.length] as number;
    const wrong = labels.subarray(start, start + positions).find((label) => !(label >= least && label < classes));
    if (wrong !== undefined)
      throw new RangeError(`Expected labels from ${least} to ${classes - 1} but received ${wrong}`);
  }
}

/** The weights of every label of a batch: an image's share, divided equally among the labelled positions of each head. */
export function weighLabels(
  network: NetworkDescription,
  labels: Int32Array,
  weights: Float32Array,
  share: number,
): void {
  const positions = positionsOf(network);
  for (let start = 0; start < labels.length; start += positions) {
    const own = labels.subarray(start, start + positions);
    const labelled = own.reduce((sum, label) => sum + (label < 0 ? 0 : 1), 0);
    own.forEach((label, at) => {
      weights[start + at] = label < 0 ? 0 : share / labelled;
    });
  }
}

/** A batch for questions that no label matters to. */
export function unlabelled(network: NetworkDescription, pixels: Batch['pixels']): Batch {
  return { pixels, labels: new Int32Array((pixels.length / imageSize(network)) * labelsPerImage(network)) };
}
