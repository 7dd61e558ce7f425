import type { ThresholdRule } from '../../protocol/adapt.ts';

/** Weight of the newest epoch in the moving average. */
const alpha = 0.1;

/**
 * What an epoch's losses are held against at its end; a loss above it asks for low compression in the next epoch.
 * Undefined where all images have one level.
 * @param losses  of every image in this epoch, nats
 * @param before  threshold at the end of the epoch before; undefined after the first
 */
export function nextThreshold(
  rule: ThresholdRule,
  losses: Float32Array,
  before: number | undefined,
): number | undefined {
  if (rule === 'none') return undefined;
  if (rule === 'median') return median(losses);
  if (before === undefined) return mean(losses);
  return rule === 'first-mean' ? before : (1 - alpha) * before + alpha * mean(losses);
}

export const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

function median(values: Float32Array): number {
  const sorted = values.toSorted();
  const middle = (values.length - 1) / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
}
