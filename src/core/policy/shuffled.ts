import { seededRandom, shuffle, type Random } from '../random.ts';
import { bytesOf, totalBytes, type PolicyRows } from './rows.ts';
import type { PlannedRows } from './sensitivity.ts';

/** Bytes end between the first of these shares of the plan's and all: policies are compared at equal bytes. */
const [least, middle] = [0.996, 0.998];
/** Trades that are tried for the bytes, for every row; far more than are needed where bytes can be had at all. */
const triesPerRow = 100;

/**
 * The frontier's options dealt out to the rows at random: the control that tells what sensitivities are worth from what a
 * mix of qualities is worth. Rows trade with rows that are offered the same options, so that the histogram stays; a trade
 * that would drop a row of a class that may lose no more is left out. Dealing changes the bytes: random trades that bring
 * them nearer go on until they are at most the plan's and at least 99.6 % of them. Where trades can't bring them below, rows
 * in random order take one option less; where that can't either, the plan stays.
 * @returns options, P
 */
export function shuffled(rows: PlannedRows, seed: number): Uint8Array {
  const random = seededRandom(seed);
  const deal = new Deal(rows);
  const planBytes = deal.bytes;
  const groups = [...Map.groupBy(rows.labels.keys(), (row) => offered(rows, row)).values()];
  for (const group of groups)
    for (let last = group.length - 1; last > 0; last--)
      deal.trade(group[last] as number, group[random.below(last + 1)] as number, () => true);
  tradeForBytes(deal, groups, planBytes, random);
  const inTurn = shuffle(Uint32Array.from(rows.labels.keys()), random);
  const turns = inTurn.length * (rows.qualities.length + 1);
  for (let turn = 0; deal.bytes > planBytes && turn < turns; turn++) deal.lower(inTurn[turn % inTurn.length] as number);
  return deal.bytes > planBytes ? rows.planned.slice() : deal.options;
}

function tradeForBytes(deal: Deal, groups: readonly (readonly number[])[], planBytes: number, random: Random): void {
  const groupOf = groups.flatMap((group) => group.map(() => group));
  const aim = middle * planBytes;
  const nearer = (added: number) => Math.abs(deal.bytes + added - aim) < Math.abs(deal.bytes - aim);
  for (let tries = triesPerRow * groupOf.length; tries > 0; tries--) {
    if (deal.bytes <= planBytes && deal.bytes >= least * planBytes) return;
    // A group is drawn as often as it has rows.
    const group = groupOf[random.below(groupOf.length)] as readonly number[];
    const drawn = () => group[random.below(group.length)] as number;
    deal.trade(drawn(), drawn(), nearer);
  }
}

/** Options in the rows' hands. */
class Deal {
  readonly options: Uint8Array;
  bytes: number;
  readonly #rows: PolicyRows;
  /** Rows of every class that are not dropped. */
  readonly #kept = new Map<number, number>();

  constructor(rows: PlannedRows) {
    this.#rows = rows;
    this.options = rows.planned.slice();
    this.bytes = totalBytes(rows, rows.planned);
    for (const row of this.options.keys()) this.#count(row, 1);
  }

  /** Two rows change options, if the bytes that this adds are wanted and no class loses more than it may. */
  trade(a: number, b: number, wanted: (addedBytes: number) => boolean): void {
    const { labels } = this.#rows;
    const [ownA, ownB] = [this.options[a] as number, this.options[b] as number];
    const dropped = ownA === 0 ? b : ownB === 0 ? a : undefined;
    const oneLess = dropped !== undefined && labels[a] !== labels[b];
    if (ownA === ownB || (oneLess && !this.#mayLose(dropped))) return;
    const addedBytes = this.#added(a, ownB) + this.#added(b, ownA);
    if (!wanted(addedBytes)) return;
    this.#take(a, ownB);
    this.#take(b, ownA);
  }

  /** The row takes its next option of fewer bytes, if there is one. */
  lower(row: number): void {
    let best: number | undefined;
    for (let option = 0; option < this.#rows.qualities.length + 2; option++) {
      const added = this.#added(row, option);
      if (option === 0 && !this.#mayLose(row)) continue;
      if (added < 0 && (best === undefined || added > this.#added(row, best))) best = option;
    }
    if (best !== undefined) this.#take(row, best);
  }

  /** Whether the class of a row may lose one more. */
  #mayLose(row: number): boolean {
    const { labels, leastKept } = this.#rows;
    const label = labels[row] as number;
    return (this.#kept.get(label) ?? 0) > (leastKept.get(label) ?? 0);
  }

  #take(row: number, option: number): void {
    this.bytes += this.#added(row, option);
    this.#count(row, -1);
    this.options[row] = option;
    this.#count(row, 1);
  }

  #added(row: number, option: number): number {
    return bytesOf(this.#rows, row, option) - bytesOf(this.#rows, row, this.options[row] as number);
  }

  #count(row: number, change: number): void {
    const label = this.#rows.labels[row] as number;
    if (this.options[row] !== 0) this.#kept.set(label, (this.#kept.get(label) ?? 0) + change);
  }
}

/** Options that a row is offered, as a text to compare. */
const offered = (rows: PolicyRows, row: number): string =>
  Array.from({ length: rows.qualities.length + 2 }, (_, option) =>
    Number.isNaN(bytesOf(rows, row, option)) ? '-' : '+',
  ).join('');
