import type { Scorer } from '../../engine/index.ts';
import { batchSize } from './train.ts';
import type { FoldLosses } from './trainer.ts';
import type { Views } from './views.ts';

/** Losses are capped here, so that one confident mistake does not outweigh a class (nats). */
export const lossCap = Math.log(1e4);

/** Rows at one view, batch by batch; `start` is the place of the batch's first row. */
export function* batchesOf(views: Views, rows: Uint32Array, labels: Int32Array, view: number, size = batchSize) {
  const pixels = new Uint8Array(size * views.bytes);
  const batchLabels = new Int32Array(size);
  for (let start = 0; start < rows.length; start += size) {
    const count = Math.min(size, rows.length - start);
    for (let place = 0; place < count; place++) {
      const row = rows[start + place] as number;
      views.read(row, view, pixels, place * views.bytes);
      batchLabels[place] = labels[row] as number;
    }
    yield { start, pixels: pixels.subarray(0, count * views.bytes), labels: batchLabels.subarray(0, count) };
  }
}

/** Losses of rows at every view, and which are classified rightly. */
export async function score(
  model: Pick<Scorer, 'logits'>,
  views: Views,
  rows: Uint32Array,
  labels: Int32Array,
  signal: AbortSignal,
  scoreViews: readonly number[] = Array.from({ length: views.count }, (_, view) => view),
): Promise<Pick<FoldLosses, 'rows' | 'losses' | 'right'>> {
  const losses = new Float32Array(rows.length * scoreViews.length);
  const right = new Uint8Array(losses.length);
  for (const [column, view] of scoreViews.entries())
    for (const { start, pixels, labels: own } of batchesOf(views, rows, labels, view)) {
      signal.throwIfAborted();
      const logits = await model.logits(pixels);
      const classes = logits.length / own.length;
      own.forEach((label, place) => {
        const row = logits.subarray(place * classes, (place + 1) * classes);
        const at = (start + place) * scoreViews.length + column;
        losses[at] = Math.min(crossEntropy(row, label), lossCap);
        right[at] = row.every((logit) => logit <= (row[label] as number)) ? 1 : 0;
      });
    }
  return { rows, losses, right };
}

/** Of one row of logits, nats. */
export function crossEntropy(logits: Float32Array, label: number): number {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
  return most + Math.log(sum) - (logits[label] as number);
}
