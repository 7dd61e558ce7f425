/** What one trained probe says of rows without having seen what compression does to their losses. */
import type { Model } from '../../engine/index.ts';
import { batchesOf } from './score.ts';
import type { ModelProxies } from './trainer.ts';
import type { Views } from './views.ts';

/** Share of the training after which EL2N is taken: at the start it says nothing, at the end only what was hard to fit. */
export const earlyShare = 0.15;

export async function earlyEl2n(model: Model, views: Views, rows: Uint32Array, labels: Int32Array) {
  const el2n = new Float32Array(rows.length);
  for (const { start, pixels, labels: own } of batchesOf(views, rows, labels, views.count - 1)) {
    const logits = await model.logits(pixels);
    own.forEach((label, place) => {
      el2n[start + place] = distanceToLabel(probabilities(logits, place, own.length), label);
    });
  }
  return el2n;
}

export async function modelProxies(
  model: Model,
  views: Views,
  rows: Uint32Array,
  labels: Int32Array,
  signal: AbortSignal,
): Promise<Omit<ModelProxies, 'el2n'>> {
  const qualities = views.count - 1;
  const values = () => new Float32Array(rows.length);
  const perQuality = () => new Float32Array(rows.length * qualities);
  const proxies = { entropy: values(), margin: values(), grand: values() };
  const [featureShift, firstOrder] = [perQuality(), perQuality()];
  const view = new Uint8Array(views.bytes);
  for (const batch of batchesOf(views, rows, labels, qualities)) {
    signal.throwIfAborted();
    const { start, pixels, labels: own } = batch;
    const count = own.length;
    const logits = await model.logits(pixels);
    const features = await model.features(pixels);
    const gradient = await model.inputGradient(batch);
    own.forEach((label, place) => {
      const p = probabilities(logits, place, count);
      const [first = 0, second = 0] = p.toSorted().toReversed();
      proxies.entropy[start + place] = p.reduce((sum, own) => sum - (own > 0 ? own * Math.log(own) : 0), 0);
      proxies.margin[start + place] = 1 - (first - second);
      proxies.grand[start + place] = distanceToLabel(p, label) * Math.hypot(1, norm(rowOf(features, place, count)));
      for (let q = 0; q < qualities; q++) {
        views.read(rows[start + place] as number, q, view, 0);
        const own = pixels.subarray(place * views.bytes, (place + 1) * views.bytes);
        firstOrder[(start + place) * qualities + q] = changeAlong(rowOf(gradient, place, count), own, view);
      }
    });
    for (let q = 0; q < qualities; q++) {
      const compressed = new Uint8Array(pixels.length);
      for (let place = 0; place < count; place++)
        views.read(rows[start + place] as number, q, compressed, place * views.bytes);
      const moved = await model.features(compressed);
      for (let place = 0; place < count; place++)
        featureShift[(start + place) * qualities + q] =
          1 - cosine(rowOf(features, place, count), rowOf(moved, place, count));
    }
  }
  return { ...proxies, featureShift, firstOrder };
}

const rowOf = (values: Float32Array, place: number, count: number) =>
  values.subarray((place * values.length) / count, ((place + 1) * values.length) / count);

function probabilities(logits: Float32Array, place: number, count: number): Float64Array {
  const own = Float64Array.from(rowOf(logits, place, count));
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
