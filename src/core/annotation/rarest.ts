/** Of each sample's classes the one that fewest samples have; -1 where it has none. */
export function rarestClass(classesOf: readonly (readonly number[] | undefined)[], classes: number): Int32Array {
  const samples = new Uint32Array(classes);
  for (const own of classesOf) for (const name of own ?? []) samples[name] = (samples[name] as number) + 1;
  return Int32Array.from(classesOf, (own) =>
    (own ?? []).reduce(
      (rarest, name) => (rarest < 0 || (samples[name] as number) < (samples[rarest] as number) ? name : rarest),
      -1,
    ),
  );
}
