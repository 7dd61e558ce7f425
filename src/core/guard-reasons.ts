/** What a plan says of files whose option a guard decided. */
import { reasonToKeep, type Rated } from './plan-lines.ts';
import { guardReason, mayHave } from './guard/index.ts';
import type { Offers } from './offers.ts';

/** @returns why a sample has its option, undefined where no guard decided; `option` are those of all samples, N */
export function guardReasons(rated: Rated, offers: Offers, option: Uint8Array): (sample: number) => string | undefined {
  const { encodings, sample, labels, leastKept, guards } = offers;
  const kept = new Map<number, number>();
  sample.forEach((i, row) => {
    const label = labels[row] as number;
    if (option[i] !== 0) kept.set(label, (kept.get(label) ?? 0) + 1);
  });
  const isFree = new Set(sample);
  const { dataset } = rated;
  return (i) => {
    const own = option[i] as number;
    const quality = encodings[own - 1]?.quality;
    const guard = guardReason(guards, i);
    if (!mayHave(guards, i, 'drop')) return guard;
    if (!isFree.has(i)) {
      if (quality === undefined) return reasonToKeep(rated, i);
      return `${dataset.split[i] === 1 ? 'validation' : 'test'} split: all at quality ${quality}, as asked for`;
    }
    if (own === 0 || !isLeast(offers, i, own)) return undefined;
    if (guard !== undefined) return guard;
    const label = dataset.label[i] as number;
    return kept.get(label) === leastKept.get(label) ? 'kept: its class may lose no more images' : undefined;
  };
}

/** Whether no option that keeps a sample and that its floor allows takes fewer bytes. */
function isLeast({ encodings, countedBytes, guards }: Offers, i: number, option: number): boolean {
  const options = encodings.length + 2;
  const own = countedBytes[i * options + option] as number;
  return !encodings.some(
    ({ quality }, e) => mayHave(guards, i, quality) && (countedBytes[i * options + 1 + e] as number) < own,
  );
}
