/** Tables as comma-separated values (RFC 4180). */

export interface Table {
  readonly head: readonly string[];
  /** Cells; what is not there is undefined or not a number. */
  readonly rows: readonly (readonly (string | number | undefined)[])[];
}

/** Of what is not a whole number: more than was measured. */
const digits = 6;

export const csvOf = ({ head, rows }: Table): string =>
  [head, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');

function field(value: string | number | undefined): string {
  if (typeof value === 'number') return Number.isFinite(value) ? numeral(value) : '';
  const text = value ?? '';
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const numeral = (value: number) => String(Number.isInteger(value) ? value : Number(value.toPrecision(digits)));
