import type { Engine } from '../../engine/index.ts';
import { earlyShare, earlyEl2n, modelProxies } from './model-proxies.ts';
import { score } from './score.ts';
import { batchSize, trainProbe } from './train.ts';
import type { TaskContext, FoldLosses, FoldTask } from './trainer.ts';
import { openViews } from './views.ts';

/** Trains on a fold's training rows and scores the others, in this thread. */
export async function runFold(engine: Engine, task: FoldTask, { signal, onStep }: TaskContext): Promise<FoldLosses> {
  using views = openViews(task.views);
  const { trainRows, scoreRows, labels, steps, also } = task;
  using rest = task.rest && openViews(task.rest.views);
  const restRows = Uint32Array.from(task.rest?.labels.keys() ?? []);
  const early = new Map<'scored' | 'rest', Float32Array>();
  const started = performance.now();
  let asideMs = 0;
  const model = await trainProbe(engine, views, task, async (young, done) => {
    signal.throwIfAborted();
    onStep();
    if (also !== 'proxies' || done !== Math.ceil(earlyShare * steps)) return;
    const paused = performance.now();
    early.set('scored', await earlyEl2n(young, views, scoreRows, labels));
    if (rest) early.set('rest', await earlyEl2n(young, rest, restRows, task.rest.labels));
    asideMs += performance.now() - paused;
  });
  const seconds = (performance.now() - started - asideMs) / 1000;
  try {
    const losses = {
      ...(await score(model, views, scoreRows, labels, signal, task.scoreViews)),
      training: { seconds, drawn: steps * Math.min(batchSize, trainRows.length) },
    };
    if (also === 'weights') return { ...losses, weights: model.weights() };
    const [el2n, restEl2n] = [early.get('scored'), early.get('rest')];
    if (!el2n) return losses;
    const proxies = { el2n, ...(await modelProxies(model, views, scoreRows, labels, signal)) };
    if (!rest || !restEl2n) return { ...losses, proxies };
    const { losses: loss } = await score(model, rest, restRows, task.rest.labels, signal);
    const restProxies = { el2n: restEl2n, ...(await modelProxies(model, rest, restRows, task.rest.labels, signal)) };
    return { ...losses, proxies, rest: { loss, proxies: restProxies } };
  } finally {
    await model.dispose();
  }
}
