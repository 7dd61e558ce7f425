import type { Problem, Split } from '../../protocol/analysis.ts';
import type { Archive } from './dataset.ts';

/** One packed file with the label of each of its images. */
export interface Pack {
  readonly kind: 'idx' | 'cifar';
  readonly archive: Archive;
  readonly split: Split;
  readonly labels: Uint8Array;
  readonly className: (label: number) => string;
  /** What its samples' names begin with, such as `data_batch_1-`. */
  readonly prefix: string;
}

export interface Packs {
  readonly packs: readonly Pack[];
  /** Paths that are neither samples nor other files: what they hold is in the packs, or in the problems. */
  readonly used: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/** Items by key, in order of appearance. */
export function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
