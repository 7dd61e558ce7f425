/** A budget as people type it, and as bytes. */

/** Either bytes or a share (0..1) of the original. */
export type Budget = { readonly bytes: number } | { readonly share: number };

const unitBytes: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** Reads "40%", "12 MB", "1.5GiB"; undefined where the text is no budget. */
export function parseBudget(text: string): Budget | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(%|[kmgt]?i?b)\s*$/i.exec(text);
  if (!match) return undefined;
  const [value, unit] = [Number(match[1]), (match[2] ?? '').toLowerCase()];
  if (!(value > 0)) return undefined;
  if (unit === '%') return value <= 100 ? { share: value / 100 } : undefined;
  const bytes = unitBytes[unit];
  return bytes === undefined ? undefined : { bytes: Math.floor(value * bytes) };
}

export const budgetInBytes = (budget: Budget, originalBytes: number): number =>
  'bytes' in budget ? budget.bytes : Math.floor(budget.share * originalBytes);
