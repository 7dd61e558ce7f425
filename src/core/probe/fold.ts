import type { Engine, Model } from '../../engine/index.ts';
import { lossCap } from './sensitivity-table.ts';
import { batchSize, trainProbe } from './train.ts';
import type { FoldContext, FoldLosses, FoldTask } from './trainer.ts';
import { openViews, type Views } from './views.ts';

/** Trains on a fold's training rows and scores the others, in this thread. */
export async function runFold(engine: Engine, task: FoldTask, { signal, onStep }: FoldContext): Promise<FoldLosses> {
  using views = openViews(task.views);
  const model = await trainProbe(engine, views, task, () => {
    signal.throwIfAborted();
    onStep();
  });
  try {
    return await score(model, views, task.scoreRows, task.labels, signal);
  } finally {
    await model.dispose();
  }
}

/** Losses of rows at every view, and how many originals are classified rightly. */
async function score(
  model: Model,
  views: Views,
  rows: Uint32Array,
  labels: Int32Array,
  signal: AbortSignal,
): Promise<FoldLosses> {
  const losses = new Float32Array(rows.length * views.count);
  const pixels = new Uint8Array(batchSize * views.bytes);
  const batchLabels = new Int32Array(batchSize);
  let right = 0;
  for (let view = 0; view < views.count; view++) {
    for (let start = 0; start < rows.length; start += batchSize) {
      signal.throwIfAborted();
      const size = Math.min(batchSize, rows.length - start);
      for (let place = 0; place < size; place++) {
        const row = rows[start + place] as number;
        views.read(row, view, pixels, place * views.bytes);
        batchLabels[place] = labels[row] as number;
      }
      const batch = { pixels: pixels.subarray(0, size * views.bytes), labels: batchLabels.subarray(0, size) };
      (await model.losses(batch)).forEach((loss, place) => {
        losses[(start + place) * views.count + view] = Math.min(loss, lossCap);
      });
      if (view === views.count - 1) right += countRight(await model.logits(batch.pixels), batch.labels);
    }
  }
  return { rows, losses, right };
}

function countRight(logits: Float32Array, labels: Int32Array): number {
  const classes = logits.length / labels.length;
  return labels.reduce((right, label, place) => {
    const row = logits.subarray(place * classes, (place + 1) * classes);
    return right + (row.every((logit) => logit <= (row[label] as number)) ? 1 : 0);
  }, 0);
}
