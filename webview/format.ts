/** Numbers in words: bytes, counts, shares and nats, and back from what people type. */

const locale = 'en-US';
const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
const counts = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const threeDigits = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3, minimumSignificantDigits: 3 });
const nats = new Intl.NumberFormat(locale, {
  maximumSignificantDigits: 3,
  maximumFractionDigits: 4,
  roundingPriority: 'lessPrecision',
});
const factors: Readonly<Record<string, number>> = {
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

export const missing = '–';

export function formatCount(count: number): string {
  return counts.format(count);
}

export function plural(count: number, singular: string, many = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : many}`;
}

/** Decimal units, three digits: "12.4 MB". */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return missing;
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? formatCount(value) : threeDigits.format(value)} ${units[unit] ?? ''}`;
}

/** A share as percent: "40 %", "40.5 %", "< 0.1 %". */
export function formatPercent(share: number, digits = 1): string {
  if (!Number.isFinite(share)) return missing;
  const smallest = 10 ** -digits;
  const percent = share * 100;
  if (percent > 0 && percent < smallest) return `< ${smallest} %`;
  return `${percent.toLocaleString(locale, { maximumFractionDigits: digits })} %`;
}

/** @param decimals  for a column of numbers; else three significant digits */
export function formatNats(value: number, decimals?: number): string {
  if (!Number.isFinite(value)) return missing;
  return (decimals === undefined ? nats.format(value) : value.toFixed(decimals)).replace('-', '−');
}

/**
 * Reads a budget as people type it.
 * @param text  "40%", "12 MB", "1.5GiB"
 * @returns bytes, or undefined where the text is neither a share nor a size
 */
export function parseBudget(text: string, originalBytes: number): number | undefined {
  const match = /^\s*(\d[\d,]*(?:\.\d*)?|\.\d+)\s*([a-z%]+)\s*$/i.exec(text);
  if (!match) return undefined;
  const value = Number((match[1] ?? '').replaceAll(/,(?=\d{3}(?!\d))/g, '').replace(',', '.'));
  const unit = (match[2] ?? '').toLowerCase();
  const factor = unit === '%' ? originalBytes / 100 : factors[unit];
  return factor === undefined || !Number.isFinite(value) ? undefined : value * factor;
}
