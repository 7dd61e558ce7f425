/** Least-squares fit of a non-increasing sequence, in place: pool adjacent violators (Barlow et al. 1972). */
export function isotonicDecreasing(values: Float64Array): Float64Array {
  const level: number[] = [];
  const width: number[] = [];
  for (const value of values) {
    let [mean, count] = [value, 1];
    while (level.length > 0 && (level.at(-1) as number) < mean) {
      const [before, others] = [level.pop() as number, width.pop() as number];
      mean = (mean * count + before * others) / (count + others);
      count += others;
    }
    level.push(mean);
    width.push(count);
  }
  let at = 0;
  level.forEach((mean, block) => {
    values.fill(mean, at, (at += width[block] as number));
  });
  return values;
}
