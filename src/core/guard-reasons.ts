/** What a plan says of files whose option a guard decided. */
import { reasonToKeep, type Rated } from './plan-lines.ts';
import { guardReason, mayHave } from './guard/index.ts';
import type { Offers } from './offers.ts';

/** @returns why a sample has its option, undefined where no guard decided; `option` are those of all samples, N */
export function guardReasons(rated: Rated, offers: Offers, option: Uint8Array): (sample: number) => string | undefined {
  const { qualities, sample, labels, leastKept, guards } = offers;
  const kept = new Map<number, number>();
  sample.forEach((i, row) => {
    const label = labels[row] as number;
    if (option[i] !== 0) kept.set(label, (kept.get(label) ?? 0) + 1);
  });
  const isFree = new Set(sample);
  const { dataset } = rated;
  return (i) => {
    const own = option[i] as number;
    const quality = qualities[own - 1];
    const guard = guardReason(guards, i);
    if (!mayHave(guards, i, 'drop')) return guard;
    if (!isFree.has(i)) {
      if (quality === undefined) return reasonToKeep(rated, i);
      return `${dataset.split[i] === 1 ? 'validation' : 'test'} split: all at quality ${quality}, as asked for`;
    }
    if (own === 0 || own > leastOption(offers, i)) return undefined;
    if (guard !== undefined) return guard;
    const label = dataset.label[i] as number;
    return kept.get(label) === leastKept.get(label) ? 'kept: its class may lose no more images' : undefined;
  };
}

/** The first option that keeps a sample and that its floor allows. */
function leastOption({ qualities, optionBytes, guards }: Offers, i: number): number {
  const options = qualities.length + 2;
  const q = qualities.findIndex(
    (quality, at) => mayHave(guards, i, quality) && !Number.isNaN(optionBytes[i * options + 1 + at]),
  );
  return q < 0 ? options - 1 : q + 1;
}
