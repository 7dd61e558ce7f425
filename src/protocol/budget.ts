/** A budget as people type it, and as bytes. */

/** Either bytes or a share (0..1) of the original. */
export type Budget = { readonly bytes: number } | { readonly share: number };

const unitBytes: Readonly<Record<string, number>> = {
  b: 1,
  byte: 1,
  bytes: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** Reads "40%", "12 MB", "1,200 kB", "1.5GiB"; undefined where the text is neither a share nor a size. */
export function parseBudget(text: string): Budget | undefined {
  const match = /^\s*(\d[\d,]*(?:\.\d*)?|\.\d+)\s*([a-z%]+)\s*$/i.exec(text);
  if (!match) return undefined;
  const value = Number((match[1] ?? '').replaceAll(/,(?=\d{3}(?!\d))/g, '').replace(',', '.'));
  const unit = (match[2] ?? '').toLowerCase();
  if (!Number.isFinite(value) || value <= 0) return undefined;
  if (unit === '%') return { share: value / 100 };
  const factor = unitBytes[unit];
  return factor === undefined ? undefined : { bytes: Math.floor(value * factor) };
}

export const budgetInBytes = (budget: Budget, originalBytes: number): number =>
  'bytes' in budget ? budget.bytes : Math.floor(budget.share * originalBytes);
