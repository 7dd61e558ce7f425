/** What one trained probe says of rows without having seen what compression does to their losses. */
import type { Model, NetworkDescription } from '../../engine/index.ts';
import { batchesOf, labelsOf, type Scored } from './score.ts';
import type { ModelProxies } from './trainer.ts';

/** Share of the training after which EL2N is taken: at the start it says nothing, at the end only what was hard to fit. */
export const earlyShare = 0.15;

interface Trained extends Scored {
  readonly model: Model;
}

export async function earlyEl2n(trained: Trained, network: NetworkDescription, rows: Uint32Array) {
  const { model, views, judge, batchSize } = trained;
  const el2n = new Float32Array(rows.length);
  for (const { start, rows: own, pixels } of batchesOf(views, rows, views.count - 1, batchSize)) {
    const labels = labelsOf(judge, own);
    const logits = await model.logits(pixels);
    own.forEach((_, place) => {
      el2n[start + place] = meanOf(answered(network, logits, labels, place, own.length), ({ p, label }) =>
        distanceToLabel(p, label),
      );
    });
  }
  return el2n;
}

/** Of images with many positions: means over those that have a label, of the question which class is there. */
export async function modelProxies(
  { model, views, judge, batchSize }: Trained,
  network: NetworkDescription,
  rows: Uint32Array,
  signal: AbortSignal,
): Promise<Omit<ModelProxies, 'el2n'>> {
  const qualities = views.count - 1;
  const values = () => new Float32Array(rows.length);
  const perQuality = () => new Float32Array(rows.length * qualities);
  const proxies = { entropy: values(), margin: values(), grand: values() };
  const [featureShift, firstOrder] = [perQuality(), perQuality()];
  const view = new Uint8Array(views.bytes);
  for (const { start, rows: own, pixels } of batchesOf(views, rows, qualities, batchSize)) {
    signal.throwIfAborted();
    const labels = labelsOf(judge, own);
    const count = own.length;
    const logits = await model.logits(pixels);
    const features = await model.features(pixels);
    const gradient = await model.inputGradient({ pixels, labels });
    own.forEach((row, place) => {
      const answers = answered(network, logits, labels, place, count);
      const ofImage = rowOf(features, place, count);
      const width = ofImage.length / (answers[0]?.positions ?? 1);
      proxies.entropy[start + place] = meanOf(answers, ({ p }) => entropy(p));
      proxies.margin[start + place] = meanOf(answers, ({ p }) => 1 - lead(p));
      proxies.grand[start + place] = meanOf(
        answers,
        ({ p, label, at }) =>
          distanceToLabel(p, label) * Math.hypot(1, norm(ofImage.subarray(at * width, (at + 1) * width))),
      );
      for (let q = 0; q < qualities; q++) {
        views.read(row, q, view, 0);
        const original = pixels.subarray(place * views.bytes, (place + 1) * views.bytes);
        firstOrder[(start + place) * qualities + q] = changeAlong(rowOf(gradient, place, count), original, view);
      }
    });
    for (let q = 0; q < qualities; q++) {
      const compressed = new Uint8Array(pixels.length);
      own.forEach((row, place) => {
        views.read(row, q, compressed, place * views.bytes);
      });
      const moved = await model.features(compressed);
      for (let place = 0; place < count; place++)
        featureShift[(start + place) * qualities + q] =
          1 - cosine(rowOf(features, place, count), rowOf(moved, place, count));
    }
  }
  return { ...proxies, featureShift, firstOrder };
}

/** What a network says at a position that has a label. */
interface Answered {
  readonly p: Float64Array;
  readonly label: number;
  /** Position, of how many. */
  readonly at: number;
  readonly positions: number;
}

/** Of the image at a place in a batch of `count`, to the first question. */
function answered(
  { classes, heads = [classes] }: NetworkDescription,
  logits: Float32Array,
  labels: Int32Array,
  place: number,
  count: number,
): Answered[] {
  const own = rowOf(logits, place, count);
  const positions = own.length / classes;
  const first = (place * labels.length) / count;
  return Array.from({ length: positions }, (_, at) => at).flatMap((at) => {
    const label = labels[first + at] as number;
    return label < 0
      ? []
      : [{ p: probabilities(own.subarray(at * classes, at * classes + (heads[0] as number))), label, at, positions }];
  });
}

const meanOf = (answers: readonly Answered[], value: (answered: Answered) => number) =>
  answers.length === 0 ? 0 : answers.reduce((sum, own) => sum + value(own), 0) / answers.length;

const entropy = (p: Float64Array) => p.reduce((sum, own) => sum - (own > 0 ? own * Math.log(own) : 0), 0);

function lead(p: Float64Array): number {
  const [first = 0, second = 0] = p.toSorted().toReversed();
  return first - second;
}

const rowOf = (values: Float32Array, place: number, count: number) =>
  values.subarray((place * values.length) / count, ((place + 1) * values.length) / count);

function probabilities(logits: Float32Array): Float64Array {
  const own = Float64Array.from(logits);
  const most = own.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = own.map((logit) => Math.exp(logit - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

const distanceToLabel = (p: Float64Array, label: number) =>
  Math.hypot(...p.map((own, at) => own - (at === label ? 1 : 0)));

const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/** 1 where a vector is 0: no direction, so none that changed. */
function cosine(a: Float32Array, b: Float32Array): number {
  const length = norm(a) * norm(b);
  return length === 0 ? 1 : a.reduce((sum, value, at) => sum + value * (b[at] as number), 0) / length;
}

function changeAlong(gradient: Float32Array, from: Uint8Array, to: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < from.length; at++)
    sum += (gradient[at] as number) * ((to[at] as number) - (from[at] as number));
  return sum;
}
