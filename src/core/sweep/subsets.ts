import { seededRandom, shuffle } from '../random.ts';

/**
 * Rows in an order of which every beginning is a subset with the classes in their proportions, and holds every shorter one
 * (nested): each row is placed by its random rank's share of its class.
 */
export function nestedOrder(rows: Uint32Array, labels: Int32Array, seed: number): Uint32Array {
  const random = seededRandom(seed);
  const byClass = Map.groupBy(rows, (row) => labels[row] as number);
  const placed = [...byClass.keys()]
    .sort((a, b) => a - b)
    .flatMap((label) => {
      const own = shuffle([...(byClass.get(label) ?? [])], random);
      return own.map((row, rank) => ({ row, place: (rank + 0.5) / own.length }));
    });
  return Uint32Array.from(placed.sort((a, b) => a.place - b.place).map(({ row }) => row));
}
