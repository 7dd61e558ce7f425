/** Networks that were trained elsewhere, as ONNX files. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { NetworkFile, Scorer, TensorShape, TrainedNetwork } from '../index.ts';

/** Images at a time where the file leaves the number open. */
const freeBatch = 16;

/** @throws Error when the file is no ONNX model */
export async function inspectNetwork(file: string): Promise<NetworkFile> {
  const session = await InferenceSession.create(file, { logSeverityLevel: 4 });
  const shapeOf = (value: InferenceSession.ValueMetadata): TensorShape => ({
    name: value.name,
    type: value.isTensor ? value.type : 'no tensor',
    shape: value.isTensor ? value.shape.map((size) => (typeof size === 'number' && size > 0 ? size : null)) : [],
  });
  const found = { inputs: session.inputMetadata.map(shapeOf), outputs: session.outputMetadata.map(shapeOf) };
  await session.release();
  return found;
}

/** `network` must fit the file, as `inspectNetwork` shows it. */
export async function openNetwork(
  { file, input, output, side, layout, scale, mean, deviation, batch = freeBatch }: TrainedNetwork,
  options: InferenceSession.SessionOptions,
): Promise<Scorer> {
  const session = await InferenceSession.create(file, options);
  const area = side * side;
  const numbers = new Float32Array(batch * 3 * area);
  const shape = layout === 'NCHW' ? [batch, 3, side, side] : [batch, side, side, 3];
  const placeOf =
    layout === 'NCHW'
      ? (image: number, pixel: number, c: number) => (image * 3 + c) * area + pixel
      : (image: number, pixel: number, c: number) => (image * area + pixel) * 3 + c;
  return {
    async logits(pixels) {
      const count = pixels.length / (3 * area);
      const parts: Float32Array[] = [];
      for (let start = 0; start < count; start += batch) {
        const size = Math.min(batch, count - start);
        for (let image = 0; image < size; image++)
          for (let pixel = 0; pixel < area; pixel++)
            for (let c = 0; c < 3; c++) {
              const value = pixels[((start + image) * area + pixel) * 3 + c] as number;
              numbers[placeOf(image, pixel, c)] = (value / scale - (mean[c] as number)) / (deviation[c] as number);
            }
        const answer = (await session.run({ [input]: new Tensor('float32', numbers, shape) }))[output]?.data;
        if (!(answer instanceof Float32Array)) throw new Error(`${file}: expected logits of float32 in ${output}`);
        parts.push(answer.slice(0, (answer.length / batch) * size));
      }
      const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const part of parts) {
        all.set(part, at);
        at += part.length;
      }
      return all;
    },
    dispose: () => session.release(),
  };
}
