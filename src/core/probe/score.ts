import type { Scorer } from '../../engine/index.ts';
import type { Judge } from './judge/index.ts';
import type { FoldLosses } from './trainer.ts';
import type { Views } from './views.ts';

/** Losses are capped here for each question, so that one confident mistake does not outweigh a class (nats). */
const lossCap = Math.log(1e4);

/** Rows at one view, batch by batch; `start` is the place of the batch's first row. */
export function* batchesOf(views: Views, rows: Uint32Array, view: number, size: number) {
  const pixels = new Uint8Array(size * views.bytes);
  for (let start = 0; start < rows.length; start += size) {
    const own = rows.subarray(start, start + size);
    own.forEach((row, place) => {
      views.read(row, view, pixels, place * views.bytes);
    });
    yield { start, rows: own, pixels: pixels.subarray(0, own.length * views.bytes) };
  }
}

/** Labels of rows, as the engine takes them. */
export function labelsOf(judge: Judge, rows: Uint32Array): Int32Array {
  const labels = new Int32Array(rows.length * judge.size);
  rows.forEach((row, place) => {
    judge.read(row, labels.subarray(place * judge.size, (place + 1) * judge.size), false);
  });
  return labels;
}

/** What a scorer is asked of, images at a time. */
export interface Scored {
  readonly model: Pick<Scorer, 'logits'>;
  readonly views: Views;
  readonly judge: Judge;
  readonly batchSize: number;
}

/** Losses of rows at every view, how far each is right, and the metric. */
export async function score(
  { model, views, judge, batchSize }: Scored,
  rows: Uint32Array,
  signal: AbortSignal,
  scoreViews: readonly number[] = Array.from({ length: views.count }, (_, view) => view),
): Promise<Pick<FoldLosses, 'rows' | 'losses' | 'right' | 'error'>> {
  const losses = new Float32Array(rows.length * scoreViews.length);
  const right = new Float32Array(losses.length);
  const error = new Float32Array(scoreViews.length);
  for (const [column, view] of scoreViews.entries()) {
    const exam = judge.examine();
    for (const { start, rows: own, pixels } of batchesOf(views, rows, view, batchSize)) {
      signal.throwIfAborted();
      const logits = await model.logits(pixels);
      const each = logits.length / own.length;
      own.forEach((row, place) => {
        const said = logits.subarray(place * each, (place + 1) * each);
        const at = (start + place) * scoreViews.length + column;
        const marked = exam.add(row, said);
        losses[at] = Math.min(marked.loss, judge.questions * lossCap);
        right[at] = marked.right;
      });
    }
    error[column] = exam.error();
  }
  return { rows, losses, right, error };
}
