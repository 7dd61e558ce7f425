/** The samples that may change: P rows, O options numbered as in protocol/frontier.ts. */
export interface PolicyRows {
  /** Of the ladder, ascending, Q; O = Q + 2. */
  readonly qualities: Uint8Array;
  /** Bytes of every option, P × O, row-major; NaN where it is not offered. */
  readonly bytes: Float64Array;
  /** Class of every row, P. */
  readonly labels: Int32Array;
  /**
   * All rows in random order: one of every class, then the classes in their proportions from the start on, and at the end
   * near-duplicates of the others.
   */
  readonly order: Uint32Array;
}

export const bytesOf = ({ qualities, bytes }: PolicyRows, row: number, option: number): number =>
  bytes[row * (qualities.length + 2) + option] as number;

export const totalBytes = (rows: PolicyRows, options: Uint8Array): number =>
  options.reduce((sum, option, row) => sum + bytesOf(rows, row, option), 0);

/** Some of the rows, in their order. */
export function someOf({ qualities, bytes, labels }: PolicyRows, some: Uint32Array): PolicyRows {
  const options = qualities.length + 2;
  const own = new Float64Array(some.length * options);
  some.forEach((row, at) => {
    own.set(bytes.subarray(row * options, (row + 1) * options), at * options);
  });
  return {
    qualities,
    bytes: own,
    labels: Int32Array.from(some, (row) => labels[row] as number),
    order: Uint32Array.from(some.keys()),
  };
}

/** Some rows at the end, else as they are. */
export const putLast = (order: Uint32Array, isLast: (row: number) => boolean): Uint32Array =>
  Uint32Array.from([...order.filter((row) => !isLast(row)), ...order.filter(isLast)]);

/** The first row of every class in front, else as they are: whoever keeps the first ones loses no class. */
export function classesFirst(order: Uint32Array, labels: Int32Array): Uint32Array {
  const met = new Set<number>();
  const isFirst = order.map((row) => {
    const label = labels[row] as number;
    return met.size < met.add(label).size ? 1 : 0;
  });
  return Uint32Array.from([
    ...order.filter((_, at) => isFirst[at] === 1),
    ...order.filter((_, at) => isFirst[at] === 0),
  ]);
}
