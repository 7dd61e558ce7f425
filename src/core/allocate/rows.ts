/** Allocations over probed rows alone: what a prediction's plan costs, and whose choice is settled. */
import { qualitiesOf, type Encoding } from '../../protocol/encoding.ts';
import { allocate, type Frontier } from '../../protocol/frontier.ts';
import type { Prices } from '../../protocol/prices.ts';
import { optionCosts } from './costs.ts';
import { buildFrontier } from './frontier.ts';

/** P rows as an allocation sees them. */
export interface PricedRows {
  readonly encodings: readonly Encoding[];
  /** Bytes of every encoding, P × E; 0 where it is not offered. */
  readonly encoded: Uint32Array;
  /** Bytes of the originals, P. */
  readonly original: Uint32Array;
  /** Loss on originals, P, nats. */
  readonly loss: Float32Array;
  /** Class of every row, P. */
  readonly labels: Int32Array;
  readonly prices: Prices;
}

/** Cost of every option of the rows under sensitivities (P × E), P × (E + 2). */
const costsOf = (rows: PricedRows, difference: Float32Array) =>
  optionCosts({ ...rows, sample: Uint32Array.from(rows.labels.keys()), difference });

/** The same of rows that are priced in nats, with measured gains as they are. */
function signedCosts(rows: PricedRows, difference: Float32Array): Float64Array {
  const encodings = rows.encodings.length;
  return costsOf(rows, difference).map((cost, at) => {
    const [row, option] = [Math.floor(at / (encodings + 2)), at % (encodings + 2)];
    if (option === 0 || option > encodings || cost === Infinity) return cost;
    return (difference[row * encodings + option - 1] as number) / rows.labels.length;
  });
}

/** The frontier of the rows' plans under sensitivities (P × E). */
export const rowsFrontier = (
  rows: PricedRows,
  difference: Float32Array,
  { fixedBytes, timeBytesPerImage } = { fixedBytes: 0, timeBytesPerImage: 0 },
): Frontier =>
  buildFrontier({
    encodings: rows.encodings,
    bytes: optionBytes(rows),
    cost: costsOf(rows, difference),
    fixedBytes,
    timeBytesPerImage,
  });

/**
 * What the plan of a prediction costs more, under the measured sensitivities, than the plan of those themselves, for
 * rows that are priced in nats: nats of mean loss at each budget (a share of the originals' bytes); NaN where no copy is that small. Measured gains
 * count too: to price them at nothing would make noise look like cost.
 */
export function planRegret(
  rows: PricedRows,
  measured: Float32Array,
  predicted: Float32Array,
  budgets: readonly number[],
): number[] {
  const truth = signedCosts(rows, measured);
  const [best, own] = [measured, predicted].map((values) => rowsFrontier(rows, values)) as [Frontier, Frontier];
  return budgets.map((share) => {
    const budget = share * total(rows.original);
    if (budget < Math.max(best.startBytes, own.startBytes)) return NaN;
    return costOf(truth, allocate(own, budget).option) - costOf(truth, allocate(best, budget).option);
  });
}

/** What the largest quality for all (of the usual coding) that fits costs more than the measured plan; NaN where none fits. */
export function uniformRegret(rows: PricedRows, measured: Float32Array, budgets: readonly number[]): number[] {
  const truth = signedCosts(rows, measured);
  const bytes = optionBytes(rows);
  const options = rows.encodings.length + 2;
  const best = rowsFrontier(rows, measured);
  // The option of a quality, or the largest that is offered below it.
  const uniform = [...qualitiesOf(rows.encodings).keys(), rows.encodings.length].map((e) =>
    Uint8Array.from(rows.original, (_, row) => {
      let option = e + 1;
      while (option > 1 && truth[row * options + option] === Infinity) option -= 1;
      return option;
    }),
  );
  return budgets.map((share) => {
    const budget = share * total(rows.original);
    const fits = uniform.findLast(
      (option) => option.reduce((sum, own, row) => sum + (bytes[row * options + own] as number), 0) <= budget,
    );
    return fits && budget >= best.startBytes ? costOf(truth, fits) - costOf(truth, allocate(best, budget).option) : NaN;
  });
}

/** Standard errors that a slope may be off. */
const certain = 2;

/**
 * Rows (1) whose option is the same at every budget of a range: the slopes of their hulls are further than two standard
 * errors from all prices of a byte in play.
 * `error` is the standard error of `difference`, P × E; budgets are in bytes, `fixedBytes` among them, and an image's
 * training time is worth `timeBytesPerImage` of them.
 */
export function settledRows(
  rows: PricedRows,
  difference: Float32Array,
  error: Float32Array,
  { budgets, ...beside }: { budgets: readonly [number, number]; fixedBytes: number; timeBytesPerImage: number },
): Uint8Array {
  const encodings = rows.encodings.length;
  const frontier = rowsFrontier(rows, difference, beside);
  const priceAt = (budget: number) => allocate(frontier, Math.max(budget, frontier.startBytes)).pricePerByte;
  const [dearest, cheapest] = [priceAt(budgets[0]), priceAt(budgets[1])];
  // With few seeds a row's own error is itself uncertain: none counts as smaller than the usual one.
  const usual = Float64Array.from({ length: encodings }, (_, e) => rootMeanSquare(error, e, encodings));
  const errorOf = (row: number, option: number) =>
    option === 0 || option > encodings
      ? 0
      : (rows.prices.imageKappa *
          Math.max(error[row * encodings + option - 1] as number, usual[option - 1] as number)) /
        rows.labels.length;
  const settled = new Uint8Array(rows.labels.length).fill(1);
  frontier.sample.forEach((row, k) => {
    const [from, to] = [frontier.from[k] as number, frontier.option[k] as number];
    const weight = (frontier.addedBytes[k] as number) + (from === 0 ? frontier.timeBytesPerImage : 0);
    const slope = (frontier.savedCost[k] as number) / weight;
    const off = (certain * Math.hypot(errorOf(row, from), errorOf(row, to))) / weight;
    if (slope + off >= cheapest && slope - off <= dearest) settled[row] = 0;
  });
  return settled;
}

function optionBytes({ encodings, encoded, original }: PricedRows): Float64Array {
  const options = encodings.length + 2;
  return Float64Array.from({ length: original.length * options }, (_, at) => {
    const [row, option] = [Math.floor(at / options), at % options];
    if (option === 0) return 0;
    return (option > encodings.length ? original[row] : encoded[row * encodings.length + option - 1]) as number;
  });
}

const costOf = (cost: Float64Array, option: Uint8Array) =>
  option.reduce((sum, own, row) => sum + (cost[(row * cost.length) / option.length + own] as number), 0);

const total = (values: Uint32Array) => values.reduce((sum, value) => sum + value, 0);

function rootMeanSquare(values: Float32Array, column: number, width: number): number {
  let sum = 0;
  for (let at = column; at < values.length; at += width) sum += (values[at] as number) ** 2;
  return Math.sqrt((sum * width) / values.length);
}
