/** Cross-fitted sensitivity: how much a network that never saw a sample suffers from each of its qualities. */
export { buildViews } from './build-views.ts';
export { measureSensitivity } from './cross-fit.ts';
export { disagreement, type EngineTrial } from './engine-trial.ts';
export type { FoldLosses, FoldTask, OpenTrainer, Trainer } from './trainer.ts';
export { probeSide } from './network.ts';
export { shrink } from './shrink.ts';
export { clusterSensitivities, type Clusters } from './clusters.ts';
export type { SensitivityTable, ProbeSettings } from './sensitivity-table.ts';
