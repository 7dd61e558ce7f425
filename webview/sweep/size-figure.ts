import { formatCount, formatPoints, formatShare } from '../../src/protocol/format.ts';
import type { SweepCell } from '../../src/protocol/sweep.ts';
import type { Chart } from '../charts/figure.ts';
import { lineChart } from '../charts/line-chart.ts';
import { cellAt, qualitiesOf, qualityName, sizesOf } from './cells.ts';

/** Test error by number of images, at the lowest, a middling and the best quality. */
export function sizeFigure(cells: readonly SweepCell[]): Chart {
  const sizes = sizesOf(cells);
  const qualities = qualitiesOf(cells);
  const shown = qualities.filter((_, k) => k === 0 || k === qualities.length - 1 || k === qualities.length >> 1);
  const rows = shown
    .map((quality) => ({ quality, row: sizes.map((images) => cellAt(cells, images, quality)) }))
    // Lines need a value at every size.
    .filter(({ row }) => row.every((own) => own !== undefined));
  return lineChart({
    title: 'Test error by number of training images',
    reading: `From ${formatCount(sizes[0] ?? NaN)} to ${formatCount(sizes.at(-1) ?? NaN)} images the error falls by ${rows
      .map(
        ({ quality, row }) =>
          `${formatPoints((row[0]?.error ?? NaN) - (row.at(-1)?.error ?? NaN))} at ${qualityName(quality)}`,
      )
      .join(', ')}.`,
    ...{ x: 'training images', y: 'test error' },
    places: sizes.map(formatCount),
    lines: rows.map(({ quality, row }) => ({
      name: qualityName(quality),
      values: row.map((own) => own?.error ?? NaN),
      interval: row.map((own) => 1.96 * (own?.standardError ?? 0)),
    })),
    format: formatShare,
  });
}
