/** The best measured pair of images and quality for every budget (Lee et al. 2025, figure 2), and what is expected between. */
import { nothing, svg } from 'lit';
import { bestMeasured, cellBytes } from '../../src/protocol/best-mix.ts';
import { formatBytes, formatCount, formatRoundBytes, formatShare } from '../../src/protocol/format.ts';
import { metricOf } from '../../src/protocol/metric.ts';
import type { SweepCell, SweepReport } from '../../src/protocol/sweep.ts';
import type { Chart } from '../charts/figure.ts';
import { drawLabels, frame, keysOf, keyWidth, pointsOf } from '../charts/frame.ts';
import { placeLabels } from '../charts/labels.ts';
import { linear, logarithmic } from '../charts/scale.ts';
import { extent, metricInterval, metricValue, qualityName, tellerName } from './cells.ts';

/** @param trainBytes  what the slider's budget leaves to the training images */
export function bestPairFigure({ task, cells, optima }: SweepReport, trainBytes: number): Chart {
  const metric = metricOf(task);
  const best = bestMeasured(cells);
  const curve = optima?.curve ?? [];
  const [smallest, largest] = extent([...best.map(cellBytes), ...curve.map(({ budgetBytes }) => budgetBytes)]);
  const shown = trainBytes >= smallest && trainBytes <= largest;
  const half = keyWidth / 2;
  const keys = [
    { name: 'best measured pair', mark: svg`<path d="M${-half} 4H0V-4H${half}" class="line line-1" />` },
    ...(optima
      ? [
          {
            name: `expected by ${tellerName(optima.by)}`,
            mark: svg`<rect x=${-half} y="-6" width=${keyWidth} height="12" class="band line-0" /><line x1=${-half} x2=${half} y1="0" y2="0" class="line line-0" stroke-dasharray="6 3" />`,
          },
        ]
      : []),
    ...(shown
      ? [
          {
            name: 'the slider’s budget',
            mark: svg`<line x1="0" x2="0" y1="-7" y2="7" class="line plain" stroke-dasharray="2 3" />`,
          },
        ]
      : []),
  ];
  return {
    title: 'The best pair of images and quality for each budget',
    reading: reading(cells, best),
    draw: (width) => {
      const values = [...best.map(metricValue), ...curve.flatMap(({ interval }) => interval.map((error) => 1 - error))];
      const { area, x, y, height, content } = frame(
        width,
        keysOf(keys, width),
        { title: 'budget for training images', scale: logarithmic([smallest, largest], formatRoundBytes) },
        { title: metric, scale: linear(extent(values), formatShare) },
      );
      const at = (cell: SweepCell) => [x.at(cellBytes(cell)), y.at(metricValue(cell))] as const;
      const steps = best.flatMap((cell, k) => {
        const next = best[k + 1];
        const end = next ? x.at(cellBytes(next)) : area.right;
        return [at(cell), [end, at(cell)[1]] as const];
      });
      const side = (end: 0 | 1) =>
        curve.map(({ budgetBytes, interval }) => [x.at(budgetBytes), y.at(1 - interval[end])] as const);
      const line = curve.map(({ budgetBytes, error }) => [x.at(budgetBytes), y.at(1 - error)] as const);
      const labels = best.map((cell) => ({ text: pair(cell), x: at(cell)[0], y: at(cell)[1] }));
      const slider = x.at(trainBytes);
      return {
        height,
        content: svg`${content}
          ${
            shown
              ? svg`<line x1=${slider} x2=${slider} y1=${area.top} y2=${area.bottom} class="line plain" stroke-dasharray="2 3" />`
              : nothing
          }
          ${
            curve.length > 0
              ? svg`<polygon points=${pointsOf([...side(0), ...side(1).reverse()])} class="band line-0" />
                <polyline points=${pointsOf(line)} class="line line-0" stroke-dasharray="6 3" />`
              : nothing
          }
          <polyline points=${pointsOf(steps)} class="line line-1" />
          ${best.map((cell) => {
            const [left, top] = at(cell);
            return svg`<circle cx=${left} cy=${top} r="3.5" class="dot line-1"><title>${pair(cell)}, ${formatBytes(cellBytes(cell))}: ${metric} ${formatShare(metricValue(cell))}</title></circle>`;
          })}
          ${drawLabels(placeLabels(labels, area))}`,
      };
    },
    table: () => ({
      head: ['kind', 'budget_bytes', 'images', 'quality', 'bytes_per_image', metric, 'low_95', 'high_95'],
      rows: [
        ...best.map((cell) => [
          ...['measured', cellBytes(cell), cell.images, String(cell.quality), cell.bytes, metricValue(cell)],
          ...metricInterval(cell),
        ]),
        ...curve.map(({ budgetBytes, images, bytes, error, interval: [low, high] }) => [
          ...['expected', budgetBytes, images, undefined, bytes, 1 - error, 1 - high, 1 - low],
        ]),
      ],
    }),
  };
}

function reading(cells: readonly SweepCell[], best: readonly SweepCell[]): string | undefined {
  const [first, last] = [best[0], best.at(-1)];
  if (!first || !last || first === last) return undefined;
  const words = (cell: SweepCell) =>
    `${pair(cell)} (${formatBytes(cellBytes(cell))}, ${formatShare(metricValue(cell))})`;
  return `${best.length} of ${cells.length} measured pairs are the best for some budget, from ${words(first)} to ${words(last)}.`;
}

const pair = ({ images, quality }: SweepCell) => `${formatCount(images)} · ${qualityName(quality)}`;
