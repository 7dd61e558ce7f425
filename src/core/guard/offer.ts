import { mayHave, type FileGuards } from './files.ts';

/** P rows that may change, of N samples; Q qualities. */
export interface GuardedRows {
  readonly qualities: Uint8Array;
  /** Sample number of every row, P. */
  readonly sample: Uint32Array;
  /** Class of every row, P. */
  readonly labels: Int32Array;
  readonly guards: Pick<FileGuards, 'floor'>;
  /** Rows of every class that stay. */
  readonly leastKept: ReadonlyMap<number, number>;
}

/**
 * Withdraws what guards forbid from costs of options, in place: its cost becomes Infinity.
 *
 * Of a class, dropping stays offered to as many rows as may go: those whose dropping is the cheapest among the rows that
 * may be dropped at all. The prices of a class are of the first to go, the second and so on, so the r-th of them pays the
 * r-th price, whoever else is protected.
 * @param cost  N × (Q + 2), of options numbered as in protocol/frontier.ts
 */
export function withdraw(cost: Float64Array, { qualities, sample, labels, guards, leastKept }: GuardedRows): void {
  const options = qualities.length + 2;
  for (const i of sample)
    qualities.forEach((quality, q) => {
      if (!mayHave(guards, i, quality)) cost[i * options + 1 + q] = Infinity;
    });
  const dropCost = (i: number) => cost[i * options] as number;
  for (const [label, rows] of Map.groupBy(sample.keys(), (row) => labels[row] as number)) {
    const own = rows.map((row) => sample[row] as number).sort((a, b) => dropCost(a) - dropCost(b) || a - b);
    const prices = own.map(dropCost);
    const most = own.length - (leastKept.get(label) ?? 0);
    let gone = 0;
    for (const i of own)
      cost[i * options] = gone < most && mayHave(guards, i, 'drop') ? (prices[gone++] as number) : Infinity;
  }
}
