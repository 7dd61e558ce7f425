/** How the metric grows with storage, a line for each number of images (Lee et al. 2025, figure 1, in real bytes). */
import { svg } from 'lit';
import { cellBytes } from '../../src/protocol/best-mix.ts';
import {
  formatBytes,
  formatCount,
  formatPoints,
  formatRoundBytes,
  formatShare,
  plural,
} from '../../src/protocol/format.ts';
import { metricOf, metricTitle } from '../../src/protocol/metric.ts';
import type { SweepCell, SweepReport } from '../../src/protocol/sweep.ts';
import type { Chart } from '../charts/figure.ts';
import { drawLabels, frame, keysOf, keyWidth, pointsOf } from '../charts/frame.ts';
import { placeLabels } from '../charts/labels.ts';
import { linear, logarithmic } from '../charts/scale.ts';
import { colours, dashes } from '../charts/styles.ts';
import { extent, metricInterval, metricValue, qualityName, sizesOf } from './cells.ts';

export function storageFigure({ task, cells }: Pick<SweepReport, 'task' | 'cells'>): Chart {
  const metric = metricOf(task);
  const sizes = sizesOf(cells);
  const rows = sizes.map((images) => cells.filter((cell) => cell.images === images).sort((a, b) => a.bytes - b.bytes));
  const colour = (k: number) => `line-${k % colours}`;
  const keys = [
    ...sizes.map((images, k) => ({
      name: plural(images, 'image'),
      mark: svg`<line x1=${-keyWidth / 2} x2=${keyWidth / 2} y1="0" y2="0" class="line ${colour(k)}" stroke-dasharray=${dashes[k % dashes.length] ?? ''} />`,
    })),
    ...(cells.some(isOriginal)
      ? [{ name: 'originals', mark: svg`<path d=${diamond(0, 0)} class="hollow plain" />` }]
      : []),
  ];
  return {
    title: `${metricTitle(task)} by storage and number of images`,
    reading: reading(rows, metric),
    draw: (width) => {
      const { area, x, y, height, content } = frame(
        width,
        keysOf(keys, width),
        { title: 'bytes of all training images', scale: logarithmic(extent(cells.map(cellBytes)), formatRoundBytes) },
        { title: metric, scale: linear(extent(cells.flatMap(metricInterval)), formatShare) },
      );
      const at = (cell: SweepCell) => [x.at(cellBytes(cell)), y.at(metricValue(cell))] as const;
      const labels = rows.flatMap((row, k) =>
        endsFirst(row.filter((cell) => !isOriginal(cell))).map((cell) => ({
          ...{ text: qualityName(cell.quality), colour: colour(k) },
          ...{ x: at(cell)[0], y: at(cell)[1] },
        })),
      );
      const points = cells.map((cell) => ({ x: at(cell)[0], y: at(cell)[1] }));
      return {
        height,
        content: svg`${content}
          ${rows.map((row, k) => {
            const encoded = row.filter((cell) => !isOriginal(cell));
            return svg`<polyline points=${pointsOf(encoded.map(at))} class="line ${colour(k)}" stroke-dasharray=${dashes[k % dashes.length] ?? ''} />
              ${row.map((cell) => {
                const [left, top] = at(cell);
                const [low, high] = metricInterval(cell);
                return svg`<line x1=${left} x2=${left} y1=${y.at(low)} y2=${y.at(high)} class="whisker ${colour(k)}" />
                  ${
                    isOriginal(cell)
                      ? svg`<path d=${diamond(left, top)} class="hollow ${colour(k)}"><title>${words(cell, metric)}</title></path>`
                      : svg`<circle cx=${left} cy=${top} r="3.5" class="dot ${colour(k)}"><title>${words(cell, metric)}</title></circle>`
                  }`;
              })}`;
          })}
          ${drawLabels(placeLabels(labels, area, points))}`,
      };
    },
    table: () => ({
      head: ['images', 'quality', 'bytes_per_image', 'bytes', metric, 'low_95', 'high_95', 'seeds'],
      rows: rows
        .flat()
        .map((cell) => [
          ...[cell.images, String(cell.quality), cell.bytes, cellBytes(cell), metricValue(cell)],
          ...[...metricInterval(cell), cell.seeds],
        ]),
    }),
  };
}

/** What more images bring at the best quality, against what more quality brings on the most images. */
function reading(rows: readonly (readonly SweepCell[])[], metric: string): string | undefined {
  const most = (rows.at(-1) ?? []).filter((cell) => !isOriginal(cell));
  const [coarse, fine] = [most[0], most.at(-1)];
  const few = rows[0]?.find(({ quality }) => quality === fine?.quality);
  if (!coarse || !fine || !few || few === fine || coarse === fine) return undefined;
  const points = (from: SweepCell, to: SweepCell) => formatPoints(from.error - to.error);
  const times = (from: SweepCell, to: SweepCell) =>
    `${(cellBytes(to) / cellBytes(from)).toPrecision(2)} times the bytes`;
  return `At ${qualityName(fine.quality)}, ${formatCount(fine.images)} images instead of ${formatCount(few.images)} bring ${points(few, fine)} of ${metric} for ${times(few, fine)}; on ${formatCount(fine.images)} images, ${qualityName(fine.quality)} instead of ${qualityName(coarse.quality)} brings ${points(coarse, fine)} for ${times(coarse, fine)}.`;
}

const words = (cell: SweepCell, metric: string) => {
  const [low, high] = metricInterval(cell);
  return `${plural(cell.images, 'image')}, ${qualityName(cell.quality)}, ${formatBytes(cellBytes(cell))}: ${metric} ${formatShare(metricValue(cell))} (${formatShare(low)} to ${formatShare(high)})`;
};

const isOriginal = ({ quality }: SweepCell) => quality === 'original';

const diamond = (x: number, y: number) => `M${x - 5} ${y}l5 -5l5 5l-5 5z`;

/** So that labels of the ends find room before those between them. */
const endsFirst = <T>(row: readonly T[]): T[] => [...row.slice(-1), ...row.slice(0, -1)];
