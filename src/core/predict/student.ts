/** The usual table, to ten degrees of freedom. */
const table = [6.314, 2.92, 2.353, 2.132, 2.015, 1.943, 1.895, 1.86, 1.833, 1.812];
const normal = 1.645;

/** The 95 % quantile of Student's t: so far do the middle 90 % reach on either side. */
export function studentReach(degrees: number): number {
  const tabled = table[degrees - 1];
  // Abramowitz & Stegun 1964, 26.7.5.
  const [first, second] = [(normal ** 3 + normal) / 4, (5 * normal ** 5 + 16 * normal ** 3 + 3 * normal) / 96];
  return tabled ?? normal + first / degrees + second / degrees ** 2;
}
