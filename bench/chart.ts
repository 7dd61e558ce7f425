/** Line charts as SVG files, readable on light and dark pages. */

export interface ChartLine {
  readonly name: string;
  readonly values: readonly number[];
  readonly interval?: readonly number[];
}

const [width, height] = [720, 340];
const margin = { left: 60, right: 28, top: 34, bottom: 64 };
const colours = ['#c0392b', '#2471a3', '#1e8449', '#7d3c98'];

export interface ChartShade {
  readonly name: string;
  /** First and last place, both inside. */
  readonly from: number;
  readonly to: number;
}

export function chart(
  title: string,
  places: readonly string[],
  lines: readonly ChartLine[],
  shades: readonly ChartShade[] = [],
): string {
  const ends = lines.flatMap(({ values, interval }) =>
    values.flatMap((value, at) => [value - (interval?.[at] ?? 0), value + (interval?.[at] ?? 0)]),
  );
  const [least, high] = [Math.min(...ends), Math.max(...ends)];
  // From 0, unless that would leave half of the picture empty.
  const low = least > 0.4 * high ? least : Math.min(0, least);
  const x = (at: number) => margin.left + (at * (width - margin.left - margin.right)) / Math.max(1, places.length - 1);
  const y = (value: number) =>
    height - margin.bottom - ((value - low) / (high - low)) * (height - margin.top - margin.bottom);
  const at = (place: number, value: number) => `${x(place).toFixed(1)},${y(value).toFixed(1)}`;
  const marks = [0, 0.25, 0.5, 0.75, 1].map((share) => low + share * (high - low));
  const decimals = high - low > 5 ? 0 : 2;
  const drawn = [
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${margin.left}" y="20" font-weight="600">${title}</text>`,
    ...shades.map(({ name, from, to }, k) => {
      const half = (x(1) - x(0)) / 2;
      const [left, right] = [Math.max(margin.left, x(from) - half), Math.min(width - margin.right, x(to) + half)];
      return (
        `<rect x="${left}" y="${margin.top}" width="${right - left}" height="${height - margin.top - margin.bottom}" fill="#000" fill-opacity="${k % 2 === 0 ? 0.05 : 0.1}"/>` +
        `<text x="${(left + right) / 2}" y="${height - margin.bottom - 8}" text-anchor="middle">${name}</text>`
      );
    }),
    ...marks.map(
      (mark) =>
        `<line x1="${margin.left}" x2="${width - margin.right}" y1="${y(mark)}" y2="${y(mark)}" stroke="#ddd"/>` +
        `<text x="${margin.left - 8}" y="${y(mark) + 4}" text-anchor="end">${mark.toFixed(decimals)}</text>`,
    ),
    ...places.map(
      (place, k) => `<text x="${x(k)}" y="${height - margin.bottom + 18}" text-anchor="middle">${place}</text>`,
    ),
    ...lines.flatMap(({ name, values, interval }, k) => {
      const colour = colours[k % colours.length] ?? '#000';
      const band = interval && [
        ...values.map((value, place) => at(place, value + (interval[place] ?? 0))),
        ...values.map((value, place) => at(place, value - (interval[place] ?? 0))).reverse(),
      ];
      const legend = margin.left + k * Math.min(200, (width - margin.left) / lines.length);
      return [
        ...(band ? [`<polygon points="${band.join(' ')}" fill="${colour}" fill-opacity="0.15"/>`] : []),
        `<polyline points="${values.map((value, place) => at(place, value)).join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        `<line x1="${legend}" x2="${legend + 24}" y1="${height - 18}" y2="${height - 18}" stroke="${colour}" stroke-width="2"/>`,
        `<text x="${legend + 30}" y="${height - 14}">${name}</text>`,
      ];
    }),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#222">\n${drawn.join('\n')}\n</svg>\n`;
}
