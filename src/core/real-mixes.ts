/** The best mixes of a sweep as something one can do: so many images at a JPEG quality, by their real bytes. */
import type { SweepOptimum, SweepReport } from '../protocol/sweep.ts';
import type { AnalysisSettings } from '../protocol/worker.ts';
import type { JobContext } from './job.ts';
import type { Ports } from './ports.ts';
import { measureSizes, type Sized } from './rate/index.ts';
import { realMix, secondsOf, type ImageOrder } from './sweep/index.ts';

/** `samples` are in the order in which images are taken; time is paid from the budget as the report says. */
export async function withRealMixes(
  list: readonly SweepOptimum[],
  time: SweepReport['time'],
  { samples, ...sized }: Sized,
  settings: AnalysisSettings,
  ports: Ports,
  job: JobContext,
): Promise<SweepOptimum[]> {
  const progress: JobContext['onProgress'] = ({ note = '', ...counted }) => {
    job.onProgress({ ...counted, stage: 'sweep', note: `encoding the best mixes ${note}` });
  };
  const said = { ...job, onProgress: progress };
  const [coding] = settings.codings;
  const order: ImageOrder = {
    images: samples.length,
    qualities: settings.qualities,
    sizes: (quality, from, to) =>
      measureSizes({ ...sized, samples: samples.subarray(from, to) }, { coding, quality }, settings, ports, said),
  };
  const found: SweepOptimum[] = [];
  for (const optimum of list) {
    const allowed = (images: number) => optimum.budgetBytes - time.secondWorth * secondsOf(time, images);
    const real = await realMix(optimum.images, allowed, order);
    found.push({ ...optimum, ...(real && { real }) });
  }
  return found;
}
