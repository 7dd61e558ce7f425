import { seededRandom, shuffle } from '../random.ts';

/** Rows by class, each class in random order. */
function shuffledClasses(labels: Int32Array, seed: number): Uint32Array[] {
  const random = seededRandom(seed);
  const rows = new Map<number, number[]>();
  labels.forEach((label, row) => {
    const list = rows.get(label);
    if (list) list.push(row);
    else rows.set(label, [row]);
  });
  return [...rows.keys()]
    .sort((a, b) => a - b)
    .map((label) => shuffle(Uint32Array.from(rows.get(label) ?? []), random));
}

/** Fold (0..folds-1) of every row: at random, every class spread evenly. */
export function stratifiedFolds(labels: Int32Array, folds: number, seed: number): Uint8Array {
  const fold = new Uint8Array(labels.length);
  let next = 0; // goes on from class to class, so that small classes do not all land in the first folds
  for (const rows of shuffledClasses(labels, seed)) for (const row of rows) fold[row] = next++ % folds;
  return fold;
}

/** Half of some rows, every class halved (rounded up). */
export function stratifiedHalf(rows: Uint32Array, labels: Int32Array, seed: number): Uint32Array {
  const half = shuffledClasses(
    Int32Array.from(rows, (row) => labels[row] as number),
    seed,
  ).flatMap((places) => Array.from(places.subarray(0, Math.ceil(places.length / 2)), (place) => rows[place] as number));
  return Uint32Array.from(half);
}
