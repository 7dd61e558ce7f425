/** The latest prediction under an analysis, for plans and the panel. */
import { createHash } from 'node:crypto';
import type { PolicyName } from '../protocol/policy.ts';
import type { Prediction } from '../protocol/prediction.ts';
import type { AnalysisSettings } from '../protocol/worker.ts';
import type { Analysis } from './analysis.ts';
import { keyOf, type Store } from './store/index.ts';
import { datasetKey } from './training-and-test.ts';

/** The frontier is what the analysis came to: another setting or image makes another one. */
function predictionKey({ dataset, frontier }: Analysis, settings: AnalysisSettings, policy: PolicyName): string {
  const content = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of [
    ...[frontier.start, frontier.sample, frontier.option],
    ...[frontier.weightAfter, frontier.costAfter],
  ])
    content.update(new Uint8Array(buffer, byteOffset, byteLength));
  const { optimizeHuffman, probeSide } = settings;
  const look = { encodings: frontier.encodings, optimizeHuffman, probeSide, task: dataset.task };
  return keyOf('prediction-1', datasetKey(dataset), content.digest('hex'), look, policy);
}

export function putPrediction(store: Store, analysis: Analysis, settings: AnalysisSettings, own: Prediction): void {
  store.putTable(predictionKey(analysis, settings, own.policy), own);
}

export const getPrediction = (
  store: Store,
  analysis: Analysis,
  settings: AnalysisSettings,
  policy: PolicyName,
): Prediction | undefined => store.getTable(predictionKey(analysis, settings, policy)) as Prediction | undefined;
