/** Numbers in words: bytes, counts, shares and nats, the same in the panel and on the command line. */

import type { CostUnit } from './prices.ts';

const locale = 'en-US';
const units = ['B', 'kB', 'MB', 'GB', 'TB'];
const counts = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const threeDigits = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3, minimumSignificantDigits: 3 });
const upToThreeDigits = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
const nats = new Intl.NumberFormat(locale, {
  maximumSignificantDigits: 3,
  maximumFractionDigits: 4,
  roundingPriority: 'lessPrecision',
});
export const missing = '–';

export function formatCount(count: number): string {
  return counts.format(count);
}

export function plural(count: number, singular: string, many = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : many}`;
}

export const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Decimal units, three digits: "12.4 MB". */
export const formatBytes = (bytes: number): string => inUnits(bytes, threeDigits);

/** Without trailing zeros, for the marks of an axis: "2 MB". */
export const formatRoundBytes = (bytes: number): string => inUnits(bytes, upToThreeDigits);

function inUnits(bytes: number, digits: Intl.NumberFormat): string {
  if (!Number.isFinite(bytes)) return missing;
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? formatCount(value) : digits.format(value)} ${units[unit] ?? ''}`;
}

/** Three digits: "12.4 s", "3.21 min", "1.50 h". */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return missing;
  if (seconds < 120) return `${threeDigits.format(seconds)} s`;
  const minutes = seconds / 60;
  return minutes < 120 ? `${threeDigits.format(minutes)} min` : `${threeDigits.format(minutes / 60)} h`;
}

/** "about 40 s left", "about 12 min left", "about 3 h left". */
export function formatTimeLeft(seconds: number): string {
  if (seconds < 90) return `about ${Math.max(10, 10 * Math.round(seconds / 10))} s left`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `about ${minutes} min left` : `about ${Math.round(minutes / 60)} h left`;
}

/** Two digits: "0.12 ms", "120 ms". */
export const formatMilliseconds = (seconds: number): string =>
  `${(1000 * seconds).toLocaleString(locale, { maximumSignificantDigits: 2 })} ms`;

/** A share as percent: "40 %", "40.5 %", "< 0.1 %". */
export function formatShare(share: number, digits = 1): string {
  if (!Number.isFinite(share)) return missing;
  const smallest = 10 ** -digits;
  const percent = share * 100;
  if (percent > 0 && percent < smallest) return `< ${smallest} %`;
  return `${percent.toLocaleString(locale, { maximumFractionDigits: digits })} %`;
}

/** A difference of shares: "4.1 points". */
export const formatPoints = (difference: number): string => `${(100 * difference).toFixed(1)} points`.replace('-', '−');

/** A cost in its unit: "1.25 points" of test error, or "0.0125 nats". */
export const formatCost = (cost: number, unit: CostUnit): string =>
  unit === 'error' ? `${formatNats(100 * cost)} points` : `${formatNats(cost)} nats`;

/** What one more byte of budget saves: "0.0123 points per MB". */
export const formatPrice = (pricePerByte: number, unit: CostUnit): string =>
  unit === 'error'
    ? `${Number((1e8 * pricePerByte).toPrecision(3))} points per MB`
    : `${Number((1e6 * pricePerByte).toPrecision(3))} nats per MB`;

/** @param decimals  for a column of numbers; else three significant digits */
export function formatNats(value: number, decimals?: number): string {
  if (!Number.isFinite(value)) return missing;
  return (decimals === undefined ? nats.format(value) : value.toFixed(decimals)).replace('-', '−');
}
