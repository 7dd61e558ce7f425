/** Bytes and shares in words, the same in the panel and on the command line. */

const locale = 'en-US';
const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
const threeDigits = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3, minimumSignificantDigits: 3 });

/** Decimal units, three digits: "12.4 MB". */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const number = unit === 0 ? value.toLocaleString(locale, { maximumFractionDigits: 0 }) : threeDigits.format(value);
  return `${number} ${units[unit] ?? ''}`;
}

/** A share as percent: "40 %", "40.5 %", "< 0.1 %". */
export function formatShare(share: number, digits = 1): string {
  const smallest = 10 ** -digits;
  const percent = share * 100;
  if (percent > 0 && percent < smallest) return `< ${smallest} %`;
  return `${percent.toLocaleString(locale, { maximumFractionDigits: digits })} %`;
}
