/** Values with their intervals, a row each, in panels side by side: an SVG file, readable on light and dark pages. */

export interface ForestPanel {
  readonly title: string;
  /** Of every row, with half of its interval; NaN where there is none. */
  readonly values: readonly { readonly value: number; readonly half: number }[];
}

/** From the largest value down; what lies below is told in figures. */
const range = 15;
const leastWidth = 560;
const rowHeight = 22;
const margin = { left: 130, right: 20, top: 58, bottom: 46 };
const gap = 18;
const [ours, others] = ['#c0392b', '#2471a3'];

/** @param strong  rows that stand out */
export function forest(
  title: string,
  unit: string,
  rows: readonly string[],
  panels: readonly ForestPanel[],
  strong: readonly string[],
): string {
  const panelWidth = Math.max(190, leastWidth / panels.length - gap);
  const width = margin.left + panels.length * (panelWidth + gap) - gap + margin.right;
  const bottom = margin.top + rows.length * rowHeight;
  const height = bottom + margin.bottom;
  const drawnPanels = panels.flatMap(({ title: head, values }, k) => {
    const left = margin.left + k * (panelWidth + gap);
    const ends = values.filter(({ value }) => Number.isFinite(value));
    const floor = Math.max(...ends.map(({ value }) => value)) - range;
    const shown = ends.filter(({ value }) => value >= floor);
    const low = Math.min(...shown.map(({ value, half }) => value - half));
    const high = Math.max(...ends.map(({ value, half }) => value + half));
    const x = (value: number) => left + 6 + ((value - low) / (high - low)) * (panelWidth - 12);
    const step = niceStep((high - low) / 4);
    const first = Math.ceil(low / step);
    const marks = Array.from({ length: Math.floor(high / step) - first + 1 }, (_, m) => (first + m) * step);
    return [
      `<text x="${left + panelWidth / 2}" y="${margin.top - 12}" text-anchor="middle">${head}</text>`,
      ...marks.flatMap((mark) => [
        `<line x1="${x(mark).toFixed(1)}" x2="${x(mark).toFixed(1)}" y1="${margin.top}" y2="${bottom}" stroke="#ddd"/>`,
        `<text x="${x(mark).toFixed(1)}" y="${bottom + 16}" text-anchor="middle">${Number(mark.toPrecision(6))}</text>`,
      ]),
      ...values.flatMap(({ value, half }, row) => {
        if (!Number.isFinite(value)) return [];
        const y = middleOf(row);
        const colour = strong.includes(rows[row] as string) ? ours : others;
        if (value < floor) return [`<text x="${left + 6}" y="${y + 4}" fill="${colour}">◂ ${value.toFixed(1)}</text>`];
        return [
          `<line x1="${x(value - half).toFixed(1)}" x2="${x(value + half).toFixed(1)}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="2"/>`,
          `<circle cx="${x(value).toFixed(1)}" cy="${y}" r="4" fill="${colour}"/>`,
        ];
      }),
    ];
  });
  const drawn = [
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="12" y="22" font-weight="600">${title}</text>`,
    ...rows.map(
      (name, row) => `<text x="${margin.left - 12}" y="${middleOf(row) + 4}" text-anchor="end">${name}</text>`,
    ),
    ...drawnPanels,
    `<text x="${(margin.left + width - margin.right) / 2}" y="${height - 10}" text-anchor="middle">${unit}</text>`,
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#222">\n${drawn.join('\n')}\n</svg>\n`;
}

const middleOf = (row: number) => margin.top + (row + 0.5) * rowHeight;

/** The next of 1, 2 and 5 times a power of ten. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return (([1, 2, 5, 10] as const).find((factor) => factor * power >= least) ?? 10) * power;
}
