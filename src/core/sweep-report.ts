/** The latest sweep of a dataset, for policies that follow it. */
import type { SweepReport } from '../protocol/sweep.ts';
import type { Dataset } from './dataset/index.ts';
import { encodeKey, type EncodeOptions } from './jpeg/index.ts';
import { keyOf, type Store } from './store/index.ts';
import { datasetKey } from './training-and-test.ts';

/** Bytes depend on how images are encoded; which qualities, sizes and seeds were swept is the report's own matter. */
const reportKey = (dataset: Dataset, options: EncodeOptions) =>
  keyOf('sweep-report', datasetKey(dataset), dataset.task, encodeKey(options));

export function putSweepReport(store: Store, dataset: Dataset, encoding: EncodeOptions, report: SweepReport): void {
  store.putTable(reportKey(dataset, encoding), report);
}

export const getSweepReport = (store: Store, dataset: Dataset, encoding: EncodeOptions): SweepReport | undefined =>
  store.getTable(reportKey(dataset, encoding)) as SweepReport | undefined;
