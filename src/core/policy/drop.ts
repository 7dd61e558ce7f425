import { keepFirst } from './levels.ts';
import type { PolicyRows } from './rows.ts';

/**
 * Originals of as many rows as fit, in random order with the classes in proportion; the others are dropped, as far
 * as their class may lose them. What is left goes to the next originals in that order that still fit.
 * @returns options, P
 */
export const drop = (rows: PolicyRows, budgetBytes: number): Uint8Array => keepFirst(rows, rows.order, budgetBytes);
