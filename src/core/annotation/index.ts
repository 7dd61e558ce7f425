/** Reads what samples are annotated by: masks and boxes, and their classes. */
import type { Dataset } from '../dataset/index.ts';
import type { JobContext } from '../job.ts';
import type { Encoder } from '../jpeg/index.ts';
import type { Store } from '../store/index.ts';
import { withMasks } from './masks.ts';
import { withObjects } from './objects.ts';

export { answersKey, answersOf } from './answers.ts';
export { maskReader } from './masks.ts';

/** A scanned dataset with its annotations read. */
export function readAnnotations(
  dataset: Dataset,
  ports: { readonly encoder: Encoder; readonly store: Store },
  job: JobContext,
): Promise<Dataset> {
  if (dataset.task === 'segmentation') return withMasks(dataset, ports, job);
  if (dataset.task === 'detection') return withObjects(dataset, job);
  return Promise.resolve(dataset);
}
