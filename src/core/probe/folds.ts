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

/** A share of some rows, the same of every class (rounded up), but no fewer of each than `least` where it has them. */
export function stratifiedShare(
  rows: Uint32Array,
  labels: Int32Array,
  { share, least = 0, seed }: { share: number; least?: number; seed: number },
): Uint32Array {
  const own = Int32Array.from(rows, (row) => labels[row] as number);
  const taken = shuffledClasses(own, seed).flatMap((places) => {
    const count = Math.max(Math.ceil(share * places.length), least);
    return Array.from(places.subarray(0, count), (place) => rows[place] as number);
  });
  return Uint32Array.from(taken).sort();
}
