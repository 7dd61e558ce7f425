/** Tables as comma-separated values (RFC 4180). */

export interface Table {
  readonly head: readonly string[];
  /** Cells; what is not there is undefined or not a number. */
  readonly rows: readonly (readonly (string | number | undefined)[])[];
}

/** Digits beyond what was measured. */
const digits = 6;

export const csvOf = ({ head, rows }: Table): string =>
  [head, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');

function field(value: string | number | undefined): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : '';
  const text = value ?? '';
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
