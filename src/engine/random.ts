/** Seeded normal draws for weights: the same on every machine and backend. */
export function normalDraws(seed: number): () => number {
  let state = seed >>> 0;
  // Mulberry32: 32 bits of state are enough for first weights.
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  // Box & Muller; 1 - u lies in (0, 1], so that the logarithm is finite.
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
