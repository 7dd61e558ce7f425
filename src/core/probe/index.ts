/** Cross-fitted sensitivity: how much a network that never saw a sample suffers from each of its qualities. */
export { buildViews } from './build-views.ts';
export { crossPredicted, evaluateProxies, fitPredictor, type CalibrationData, type Proxies } from './calibrate.ts';
export { measureSensitivity } from './cross-fit.ts';
export { stratifiedShare } from './folds.ts';
export { byteSlopes, pixelProxies, type PixelProxies } from './pixel-proxies.ts';
export type { ViewsFile } from './views.ts';
export { disagreement, type EngineTrial } from './engine-trial.ts';
export type {
  AttributionTask,
  FoldLosses,
  FoldTask,
  OpenTrainer,
  TaskContext,
  TaskName,
  Tasks,
  Trainer,
} from './trainer.ts';
export { overlap, topPixels } from './attribution.ts';
export { columnMeans, rowMeans } from './means.ts';
export { fitNetwork } from './own-network.ts';
export { readNetworkSettings } from './own-network-settings.ts';
export { normalisation } from './normalisation.ts';
export { accuracies, findRegions, meanOfDifference } from './regions.ts';
export { trainingSteps } from './train.ts';
export type { Answers } from './judge/index.ts';
export type { MaskAt } from './build-views.ts';
export { sideBySide } from './trainer.ts';
export { probeNetwork, probeSide } from './network.ts';
export { shrink } from './shrink.ts';
export { clusterList, clusterSensitivities, type Clusters } from './clusters.ts';
export type { ProbeKind, ProbeSettings, SensitivityTable } from './sensitivity-table.ts';
