import {
  configurations,
  type AdaptEpoch,
  type AdaptRow,
  type ConfigurationName,
  type Measured,
} from '../../protocol/adapt.ts';
import { meanOfDifference } from '../probe/index.ts';
import { keptPerSide } from './masks.ts';
import type { AdaptResult } from './task.ts';

const normal95 = 1.96;

export interface Seen {
  readonly side: number;
  readonly channels: number;
  readonly trainImages: number;
}

/** The results of a configuration's seeds in figures; `first` are those that it is compared with. */
export function summarise(
  name: ConfigurationName,
  results: readonly AdaptResult[],
  first: readonly AdaptResult[],
  seen: Seen,
): AdaptRow {
  const { low, high } = configurations[name];
  const kept = { low: keptPerSide(low, seen.side), high: keptPerSide(high, seen.side) };
  const right = results.map((own) => own.right);
  return {
    name,
    kept,
    accuracy: measured(right, []),
    compressedAccuracy: measured(
      results.map((own) => own.compressedRight),
      [],
    ),
    ...(results !== first && {
      difference: measured(
        right,
        first.map((own) => own.right),
      ),
    }),
    seconds: average(results.map(({ seconds }) => seconds)),
    epochs: (results[0]?.epochs ?? []).map((_, epoch) => epochOf(epoch, results, kept, seen)),
  };
}

function measured(ours: readonly Float32Array[], theirs: readonly Float32Array[]): Measured {
  const { mean, error } = meanOfDifference(ours, theirs, ours[0]?.length ?? 0, 0, 1);
  return { mean, half: normal95 * error };
}

function epochOf(
  epoch: number,
  results: readonly AdaptResult[],
  kept: AdaptRow['kept'],
  { channels, trainImages }: Seen,
): AdaptEpoch {
  const own = results.flatMap(({ epochs }) => epochs[epoch] ?? []);
  const low = average(own.map((result) => result.low));
  const thresholds = own.flatMap(({ threshold }) => threshold ?? []);
  return {
    loss: average(own.map(({ loss }) => loss)),
    lowShare: low / trainImages,
    highShare: 1 - low / trainImages,
    coefficients: channels * (low * kept.low ** 2 + (trainImages - low) * kept.high ** 2),
    ...(thresholds.length > 0 && { threshold: average(thresholds) }),
  };
}

const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
