import type { Engine } from '../../engine/index.ts';
import { openJudge } from './judge/index.ts';
import { earlyShare, earlyEl2n, modelProxies } from './model-proxies.ts';
import { score } from './score.ts';
import { batchSizeOf, trainProbe } from './train.ts';
import type { TaskContext, FoldLosses, FoldTask } from './trainer.ts';
import { openViews } from './views.ts';

/** Trains on a fold's training rows and scores the others, in this thread. */
export async function runFold(engine: Engine, task: FoldTask, { signal, onStep }: TaskContext): Promise<FoldLosses> {
  using views = openViews(task.views);
  using restViews = task.rest && openViews(task.rest.views);
  const { trainRows, scoreRows, answers, network, steps, also } = task;
  const scored = { views, judge: openJudge(answers, views, network), batchSize: batchSizeOf(answers) };
  const rest = task.rest &&
    restViews && { ...scored, views: restViews, judge: openJudge(task.rest.answers, restViews, network) };
  const restRows = Uint32Array.from({ length: task.rest?.rows ?? 0 }, (_, row) => row);
  const early = new Map<'scored' | 'rest', Float32Array>();
  const started = performance.now();
  let asideMs = 0;
  const model = await trainProbe(engine, views, scored.judge, task, async (young, done) => {
    signal.throwIfAborted();
    onStep();
    if (also !== 'proxies' || done !== Math.ceil(earlyShare * steps)) return;
    const paused = performance.now();
    early.set('scored', await earlyEl2n({ ...scored, model: young }, network, scoreRows));
    if (rest) early.set('rest', await earlyEl2n({ ...rest, model: young }, network, restRows));
    asideMs += performance.now() - paused;
  });
  const seconds = (performance.now() - started - asideMs) / 1000;
  try {
    const losses = {
      ...(await score({ ...scored, model }, scoreRows, signal, task.scoreViews)),
      training: { seconds, drawn: steps * Math.min(scored.batchSize, trainRows.length) },
    };
    if (also === 'weights') return { ...losses, weights: model.weights() };
    const [el2n, restEl2n] = [early.get('scored'), early.get('rest')];
    if (!el2n) return losses;
    const proxies = { el2n, ...(await modelProxies({ ...scored, model }, network, scoreRows, signal)) };
    if (!rest || !restEl2n) return { ...losses, proxies };
    const { losses: loss } = await score({ ...rest, model }, restRows, signal);
    const restProxies = { el2n: restEl2n, ...(await modelProxies({ ...rest, model }, network, restRows, signal)) };
    return { ...losses, proxies, rest: { loss, proxies: restProxies } };
  } finally {
    await model.dispose();
  }
}
