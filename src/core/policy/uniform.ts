import { optionsAt, spend } from './levels.ts';
import type { PolicyRows } from './rows.ts';

/**
 * The largest quality of the ladder for all rows that fits. What is left raises as many as fit to the next one, in random
 * order with the classes in proportion. Below the lowest quality for all, fewer rows have it.
 * @returns options, P
 */
export function uniform(rows: PolicyRows, budgetBytes: number): Uint8Array {
  const { labels, qualities } = rows;
  // The typed array cuts off what is behind the point.
  const levelsAt = (level: number) => new Uint8Array(labels.length).fill(level);
  return optionsAt(rows, spend(rows, { levelsAt, from: 1, to: qualities.length }, budgetBytes));
}
