/** What every backend asks of a batch. */
import type { Batch, NetworkDescription } from './index.ts';
import { positionsOf } from './shapes.ts';

/** Numbers that one image has. */
export const imageSize = ({ height, width, channels }: NetworkDescription) => height * width * channels;

/** Images of a batch. @throws RangeError when it does not fit the network */
export function checkedCount(network: NetworkDescription, batchSize: number, { pixels, labels }: Batch): number {
  const { height, width, channels, classes, input = 'uint8' } = network;
  const positions = positionsOf(network);
  const count = labels.length / positions;
  if (!Number.isInteger(count) || count < 1 || count > batchSize)
    throw new RangeError(
      `Expected a batch of 1 to ${batchSize} images with ${positions} labels each but received ${labels.length} labels`,
    );
  const numbers = count * imageSize(network);
  if (pixels.length !== numbers || (input === 'uint8') !== pixels instanceof Uint8Array)
    throw new RangeError(
      `Expected ${count} images of ${height} × ${width} × ${channels} (${numbers} numbers of ${input}) but received ${pixels.length} in a ${pixels.constructor.name}`,
    );
  const least = positions > 1 ? -1 : 0;
  const wrong = labels.find((label) => !(label >= least && label < classes));
  if (wrong !== undefined)
    throw new RangeError(`Expected labels from ${least} to ${classes - 1} but received ${wrong}`);
  return count;
}

/** Fills in the weights of an image's positions: equal ones of those that are labelled, which add up to its share. */
export function weighPositions(labels: Int32Array, weights: Float32Array, share: number): void {
  const labelled = labels.reduce((sum, label) => sum + (label < 0 ? 0 : 1), 0);
  labels.forEach((label, at) => {
    weights[at] = label < 0 ? 0 : share / labelled;
  });
}

/** A batch for questions that no label matters to. */
export function unlabelled(network: NetworkDescription, pixels: Batch['pixels']): Batch {
  return { pixels, labels: new Int32Array((pixels.length / imageSize(network)) * positionsOf(network)) };
}
