/**
 * The samples that may change: P rows, O options numbered as in protocol/frontier.ts, the usual coding's first. Other
 * codings are only in what the frontier planned.
 */
export interface PolicyRows {
  /** Of the usual coding, ascending, Q: options 1..Q. */
  readonly qualities: Uint8Array;
  /** Bytes of every option, P × O, row-major; NaN where it is not offered. */
  readonly bytes: Float64Array;
  /** Class of every row, P. */
  readonly labels: Int32Array;
  /** Rows of every class that must stay. */
  readonly leastKept: ReadonlyMap<number, number>;
  /**
   * All rows in random order: those that stay, then the classes in their proportions from the start on, and at the end
   * near-duplicates of the others.
   */
  readonly order: Uint32Array;
}

/** O. */
export const optionCount = ({ bytes, labels }: Pick<PolicyRows, 'bytes' | 'labels'>): number =>
  bytes.length / labels.length;

export const bytesOf = (rows: PolicyRows, row: number, option: number): number =>
  rows.bytes[row * optionCount(rows) + option] as number;

export const totalBytes = (rows: PolicyRows, options: Uint8Array): number =>
  options.reduce((sum, option, row) => sum + bytesOf(rows, row, option), 0);

/** Some of the rows, in their order. */
export function someOf(rows: PolicyRows, some: Uint32Array): PolicyRows {
  const { qualities, bytes, labels, leastKept } = rows;
  const options = optionCount(rows);
  const own = new Float64Array(some.length * options);
  some.forEach((row, at) => {
    own.set(bytes.subarray(row * options, (row + 1) * options), at * options);
  });
  return {
    qualities,
    bytes: own,
    labels: Int32Array.from(some, (row) => labels[row] as number),
    leastKept,
    order: Uint32Array.from(some.keys()),
  };
}

/** Some rows at the end, else as they are. */
export const putLast = (order: Uint32Array, isLast: (row: number) => boolean): Uint32Array =>
  Uint32Array.from([...order.filter((row) => !isLast(row)), ...order.filter(isLast)]);

/**
 * Which rows stay (1) where as many go as may: those that can't be dropped, and of every class the first in the order, until
 * there are as many as must stay; P.
 */
export function staying(rows: Omit<PolicyRows, 'order'>, order: Uint32Array): Uint8Array {
  const { bytes, labels } = rows;
  const options = optionCount(rows);
  const stays = new Uint8Array(labels.length);
  const wanted = new Map(rows.leastKept);
  const keep = (row: number) => {
    const label = labels[row] as number;
    stays[row] = 1;
    wanted.set(label, (wanted.get(label) ?? 0) - 1);
  };
  for (const row of order) if (Number.isNaN(bytes[row * options])) keep(row);
  for (const row of order) if (stays[row] === 0 && (wanted.get(labels[row] as number) ?? 0) > 0) keep(row);
  return stays;
}

/** The rows that stay in front, else as they are: whoever keeps the first ones loses no more of a class than it may. */
export function stayingFirst(rows: Omit<PolicyRows, 'order'>, order: Uint32Array): Uint32Array {
  const stays = staying(rows, order);
  return Uint32Array.from([...order.filter((row) => stays[row] === 1), ...order.filter((row) => stays[row] === 0)]);
}
