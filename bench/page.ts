/** Figures of result pages in words and tables. */

/** Of the values that are known. */
export const mean = (values: readonly number[]) => {
  const known = values.filter((value) => Number.isFinite(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
};

/** 97.5 % points of Student's t by degrees of freedom. */
const student: Readonly<Record<number, number>> = { 1: 12.71, 2: 4.3, 3: 3.18, 4: 2.78, 5: 2.57 };

/** Mean difference by seed and half of its 95 % interval. */
export function pairedDifference(errors: readonly number[], others: readonly number[]) {
  const differences = errors.map((error, seed) => error - (others[seed] ?? NaN));
  const centre = mean(differences);
  const variance = differences.reduce((sum, own) => sum + (own - centre) ** 2, 0) / (differences.length - 1);
  const half = (student[differences.length - 1] ?? 1.96) * Math.sqrt(variance / differences.length);
  return { centre, half };
}

export function paired(errors: readonly number[], others: readonly number[]): string {
  const { centre, half } = pairedDifference(errors, others);
  return `${centre < 0 ? '−' : '+'}${(100 * Math.abs(centre)).toFixed(1)} ± ${(100 * half).toFixed(1)} points`;
}

export const table = (head: readonly string[], rows: readonly (readonly string[])[]) => [
  `| ${head.join(' | ')} |`,
  `|${head.map(() => ' --- ').join('|')}|`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
];
