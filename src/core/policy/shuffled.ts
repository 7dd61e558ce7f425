import { seededRandom, shuffle } from '../random.ts';
import { bytesOf, totalBytes, type PolicyRows } from './rows.ts';
import type { PlannedRows } from './sensitivity.ts';

/** Bytes end between these shares of the plan's: policies are compared at equal bytes. */
const [least, middle] = [0.996, 0.998];
/** Trades that are tried for the bytes, for every row; far more than are needed where bytes can be had at all. */
const triesPerRow = 100;

/**
 * The frontier's options dealt out to the rows at random: the control that tells what sensitivities are worth from what a
 * mix of qualities is worth. Rows trade with rows that are offered the same options, so that the histogram stays; a trade
 * that would drop the last row of a class is left out. Dealing changes the bytes: random trades that bring them nearer go
 * on until they are at most the plan's and at least 99.6 % of them. Where trades can't bring them below, rows in random
 * order take one option less.
 * @returns options, P
 */
export function shuffled(rows: PlannedRows, seed: number): Uint8Array {
  const { labels, planned } = rows;
  const random = seededRandom(seed);
  const options = planned.slice();
  const planBytes = totalBytes(rows, planned);
  let bytes = planBytes;
  const kept = new Map<number, number>();
  const count = (row: number, change: number) => {
    const label = labels[row] as number;
    if (options[row] !== 0) kept.set(label, (kept.get(label) ?? 0) + change);
  };
  for (const row of labels.keys()) count(row, 1);

  const isLast = (row: number) => options[row] !== 0 && kept.get(labels[row] as number) === 1;
  const trade = (a: number, b: number, wanted: (added: number) => boolean): void => {
    const [ownA, ownB] = [options[a] as number, options[b] as number];
    if (ownA === ownB || (labels[a] !== labels[b] && ((ownB === 0 && isLast(a)) || (ownA === 0 && isLast(b))))) return;
    const added = bytesOf(rows, a, ownB) + bytesOf(rows, b, ownA) - bytesOf(rows, a, ownA) - bytesOf(rows, b, ownB);
    if (!wanted(added)) return;
    for (const row of [a, b]) count(row, -1);
    [options[a], options[b]] = [ownB, ownA];
    for (const row of [a, b]) count(row, 1);
    bytes += added;
  };

  const groups = [...Map.groupBy(labels.keys(), (row) => offered(rows, row)).values()];
  for (const group of groups)
    for (let last = group.length - 1; last > 0; last--)
      trade(group[last] as number, group[random.below(last + 1)] as number, () => true);

  const groupOf = new Uint16Array(labels.length);
  groups.forEach((group, g) => {
    for (const row of group) groupOf[row] = g;
  });
  const [lowest, aim] = [least * planBytes, middle * planBytes];
  const nearer = (added: number) => Math.abs(bytes + added - aim) < Math.abs(bytes - aim);
  for (let tries = triesPerRow * labels.length; tries > 0 && (bytes > planBytes || bytes < lowest); tries--) {
    const row = random.below(labels.length);
    const group = groups[groupOf[row] as number] as number[];
    trade(row, group[random.below(group.length)] as number, nearer);
  }
  const inTurn = shuffle(Uint32Array.from(labels.keys()), random);
  for (let turn = 0; bytes > planBytes; turn++) {
    const row = inTurn[turn % inTurn.length] as number;
    const cheaper = cheaperOption(rows, row, options[row] as number);
    bytes += bytesOf(rows, row, cheaper) - bytesOf(rows, row, options[row] as number);
    options[row] = cheaper;
  }
  return options;
}

/** The next option of fewer bytes; the row's own where there is none. */
function cheaperOption(rows: PolicyRows, row: number, option: number): number {
  const own = bytesOf(rows, row, option);
  let best = option;
  for (let other = 0; other < rows.qualities.length + 2; other++) {
    const size = bytesOf(rows, row, other);
    if (size < own && (best === option || size > bytesOf(rows, row, best))) best = other;
  }
  return best;
}

/** Qualities that a row is offered: from the lowest up to its own. */
const offered = (rows: PolicyRows, row: number): number =>
  rows.qualities.reduce((sum, _, q) => sum + (Number.isNaN(bytesOf(rows, row, q + 1)) ? 0 : 1), 0);
