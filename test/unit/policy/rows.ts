import fc from 'fast-check';
import { leastKept } from '../../../src/core/guard/index.ts';
import { stayingFirst, type PolicyRows } from '../../../src/core/policy/index.ts';
import { seededRandom } from '../../../src/core/random.ts';
import { nestedOrder } from '../../../src/core/sweep/index.ts';

export const qualities = Uint8Array.of(5, 20, 50, 80);
export const options = qualities.length + 2;

/** What all policies may ask for, of drawn rows. */
export interface DrawnRows extends PolicyRows {
  readonly el2n: Float32Array;
  readonly loss: Float32Array;
  readonly similarity: Float32Array;
}

/**
 * Rows as of a dataset: sizes that differ by a factor of ten, bytes that grow with the quality, some sources of quality 60
 * (80 is not offered to them), some originals that are smaller than their encodings.
 */
export function drawRows(count: number, classes: number, seed: number): DrawnRows {
  const random = seededRandom(seed);
  const share = () => random.below(1000) / 1000;
  const rows = Array.from({ length: count }, () => {
    const size = 300 + 3000 * share();
    const [coarse, flat] = [random.below(5) === 0, random.below(12) === 0];
    const encoded = [0.15, 0.3, 0.5, 0.8].map((own) => Math.round(size * (own + 0.05 * share())));
    const original = Math.round(flat ? 0.4 * size : coarse ? 0.7 * size : size * (1 + share()));
    return { bytes: [0, ...encoded.slice(0, 3), coarse ? NaN : (encoded[3] ?? NaN), original] };
  });
  const labels = Int32Array.from({ length: count }, (_, row) => (row < classes ? row : random.below(classes)));
  const bytes = Float64Array.from(rows.flatMap((row) => row.bytes));
  const similarity = Float32Array.from({ length: count * qualities.length }, (_, at) => {
    const [row, q] = [Math.floor(at / qualities.length), at % qualities.length];
    return Number.isNaN(bytes[row * options + q + 1]) ? NaN : 1 - (0.5 + share()) * 0.4 ** (q + 1);
  });
  const scores = () => Float32Array.from({ length: count }, share);
  const leastKept = new Map(Array.from({ length: classes }, (_, label) => [label, 1]));
  return ordered({ qualities, bytes, labels, leastKept, el2n: scores(), loss: scores(), similarity }, seed);
}

const ordered = (rows: Omit<DrawnRows, 'order'>, seed: number): DrawnRows => ({
  ...rows,
  order: stayingFirst(rows, nestedOrder(Uint32Array.from(rows.labels.keys()), rows.labels, seed)),
});

/** The lowest option of every row but dropping, 5 where it is kept unchanged; whether it may be dropped; P. */
export interface DrawnGuards {
  readonly lowest: Uint8Array;
  readonly mostDropped: number;
}

/** Rows as drawn, some of them protected, some with a floor, and classes that may lose no more than a share. */
export function guardRows(rows: DrawnRows, { lowest, mostDropped }: DrawnGuards, seed: number): DrawnRows {
  const bytes = rows.bytes.map((own, at) => {
    const [row, option] = [Math.floor(at / options), at % options];
    const least = lowest[row] as number;
    const isProtected = least === options - 1;
    return option === options - 1 || (option === 0 ? !isProtected : option >= least) ? own : NaN;
  });
  return ordered({ ...rows, bytes, leastKept: leastKept(rows.labels, mostDropped) }, seed);
}

export const drawnGuards = fc
  .record({
    count: fc.integer({ min: 2, max: 80 }),
    classes: fc.integer({ min: 1, max: 5 }),
    seed: fc.nat(),
    mostDropped: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.9, 1)),
    kinds: fc.array(fc.constantFrom(1, 1, 1, 2, 3, 4, options - 1), { minLength: 80, maxLength: 80 }),
  })
  .map(({ count, classes, seed, mostDropped, kinds }) => {
    const free = drawRows(count, Math.min(classes, count), seed);
    const guards = { lowest: Uint8Array.from(kinds.slice(0, count)), mostDropped };
    return { free, guards, rows: guardRows(free, guards, seed) };
  });

/** The same rows where other codings are offered too, for a random part of the originals' bytes. */
export function withCodings(
  rows: DrawnRows,
  seed: number,
): { rows: DrawnRows; widened: (chosen: Uint8Array) => Uint8Array } {
  const random = seededRandom(seed);
  const bytes = Array.from(rows.labels, (_, row) => {
    const own = rows.bytes.subarray(row * options, (row + 1) * options);
    const others = Array.from({ length: 2 * qualities.length }, () =>
      random.below(4) === 0 ? NaN : 1 + random.below(own[options - 1] ?? 1),
    );
    return [...own.subarray(0, options - 1), ...others, own[options - 1] ?? NaN];
  });
  const original = options - 1 + 2 * qualities.length;
  return {
    rows: { ...rows, bytes: Float64Array.from(bytes.flat()) },
    widened: (chosen) => chosen.map((option) => (option === options - 1 ? original : option)),
  };
}

export const drawnRows = fc
  .record({ count: fc.integer({ min: 8, max: 120 }), classes: fc.integer({ min: 2, max: 6 }), seed: fc.nat() })
  .map(({ count, classes, seed }) => drawRows(count, classes, seed));

export const bytesAt = ({ bytes, labels }: PolicyRows, row: number, option: number) =>
  bytes[row * (bytes.length / labels.length) + option] as number;

export const bytesOf = (rows: PolicyRows, chosen: Uint8Array) =>
  chosen.reduce((sum, option, row) => sum + bytesAt(rows, row, option), 0);

/** Of the smallest copy in which as many of every class stay as must. */
export function leastBytes(rows: PolicyRows): number {
  const least = Array.from(rows.labels, (_, row) =>
    Math.min(...[1, 2, 3, 4, 5].map((option) => bytesAt(rows, row, option)).filter((own) => !Number.isNaN(own))),
  );
  let sum = 0;
  for (const [label, own] of Map.groupBy(rows.labels.keys(), (row) => rows.labels[row] as number)) {
    const fixed = own.filter((row) => Number.isNaN(bytesAt(rows, row, 0)));
    const others = own.filter((row) => !fixed.includes(row)).map((row) => least[row] as number);
    const more = Math.max(0, (rows.leastKept.get(label) ?? 0) - fixed.length);
    const smallestFirst = others.sort((a, b) => a - b).slice(0, more);
    sum += [...fixed.map((row) => least[row] as number), ...smallestFirst].reduce((all, bytes) => all + bytes, 0);
  }
  return sum;
}

export const allOriginals = (rows: PolicyRows) => bytesOf(rows, new Uint8Array(rows.labels.length).fill(options - 1));

export const histogram = (chosen: Uint8Array) =>
  Array.from({ length: options }, (_, option) => chosen.filter((own) => own === option).length);
