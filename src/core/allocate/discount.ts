/** Of the usual price: so little that any other saving is dearer, and still something, so that a full budget keeps all. */
const share = 1e-6;

/**
 * Prices options of near-duplicates at next to nothing, in place: they are the first to be compressed and dropped.
 * @param cost  N × O
 * @param keptFor  the sample that each is nearly the same as, -1 for none, N
 */
export function discountDuplicates(cost: Float64Array, keptFor: Int32Array): Float64Array {
  const options = cost.length / keptFor.length;
  keptFor.forEach((kept, i) => {
    if (kept < 0) return;
    for (let at = i * options; at < (i + 1) * options; at++) cost[at] = share * (cost[at] as number);
  });
  return cost;
}
