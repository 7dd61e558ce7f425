/** Least-squares fit of a non-increasing sequence, in place: pool adjacent violators (Barlow et al. 1972). */
export function isotonicDecreasing(values: Float64Array): Float64Array {
  for (let at = 1; at < values.length; at++) {
    let mean = values[at] as number;
    let sum = mean;
    let from = at;
    // A block is where values are equal: they were pooled, or need no pooling.
    while (from > 0 && (values[from - 1] as number) < mean) {
      const level = values[from - 1] as number;
      while (from > 0 && values[from - 1] === level) {
        from -= 1;
        sum += level;
      }
      mean = sum / (at + 1 - from);
    }
    if (from < at) for (let k = from; k <= at; k++) values[k] = mean;
  }
  return values;
}
