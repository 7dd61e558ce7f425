/** Expected errors over images × bytes of an image, with the mixes that a budget can pay for. */
import { nothing, svg, type SVGTemplateResult } from 'lit';
import { expectedAt } from '../../src/protocol/best-mix.ts';
import { formatBytes, formatCount, formatRoundBytes, formatShare, plural } from '../../src/protocol/format.ts';
import { metricOf } from '../../src/protocol/metric.ts';
import type { ErrorGrid, SweepReport } from '../../src/protocol/sweep.ts';
import type { Chart } from '../charts/figure.ts';
import { drawLabels, frame, keysOf, keyWidth, pointsOf, type Drawing } from '../charts/frame.ts';
import { type Area, placeLabels } from '../charts/labels.ts';
import { logarithmic, roundValues } from '../charts/scale.ts';
import { styled } from '../styled.ts';
import { extent, qualityName, sizesOf, tellerName } from './cells.ts';
import { contourOf } from './contour.ts';

type Optima = NonNullable<SweepReport['optima']>;

/** Bands of equal error, at most. */
const mostBands = 9;
const bar = { width: 36, height: 10 };
/** Share of the chart colour in the bands of the largest and of the least error, percent. */
const [faint, deep] = [6, 78];

/** @param trainBytes  what the slider's budget leaves to the training images */
export function surfaceFigure(
  { task, cells }: Pick<SweepReport, 'task' | 'cells'>,
  { by, curve, grid }: Optima,
  trainBytes: number,
): Chart {
  const levels = roundValues(...extent([...grid.error]), mostBands).reverse();
  const { place, optimum } = expectedAt(curve, trainBytes);
  const encoded = cells.filter(({ quality }) => quality !== 'original');
  const half = keyWidth / 2;
  const keys = [
    { name: 'measured', mark: svg`<circle r="3.5" class="dot plain" />` },
    {
      name: 'best mixes of all budgets',
      mark: svg`<line x1=${-half} x2=${half} y1="0" y2="0" class="line line-3" stroke-dasharray="6 3" />`,
    },
    ...(place === 'within'
      ? [
          {
            name: 'mixes of the slider’s budget',
            mark: svg`<line x1=${-half} x2=${half} y1="0" y2="0" class="line plain" />`,
          },
          { name: 'the best of them', mark: svg`<circle r="5" class="hollow line-0" />` },
        ]
      : []),
  ];
  return {
    title: `Expected test error by images and bytes (${by === 'law' ? 'storage law' : 'between measured cells'})`,
    reading: reading(by, trainBytes, { place, optimum }, curve),
    draw: (width) => {
      const { area, x, y, height, content } = frame(
        width,
        stacked(levelBar(levels, width), keysOf(keys, width)),
        {
          title: 'training images',
          scale: logarithmic(extent(grid.images), formatCount, { tight: true, marked: sizesOf(encoded) }),
        },
        { title: 'bytes of an image', scale: logarithmic(extent(grid.bytes), formatRoundBytes, { tight: true }) },
      );
      const at = (images: number, bytes: number) => [x.at(images), y.at(bytes)] as const;
      const budgetLine = onBudget(trainBytes, grid).map(({ images, bytes }) => at(images, bytes));
      const [bestX, bestY] = at(optimum.images, optimum.bytes);
      const best = { text: `${formatCount(optimum.images)} × ${formatBytes(optimum.bytes)}`, x: bestX, y: bestY };
      const dots = encoded.map((cell) => ({ cell, x: x.at(cell.images), y: y.at(cell.bytes) }));
      return {
        height,
        content: svg`${bands(grid, levels, area, at)}
          ${content}
          <polyline points=${pointsOf(curve.map(({ images, bytes }) => at(images, bytes)))} class="line line-3" stroke-dasharray="6 3" />
          ${budgetLine.length > 0 ? svg`<polyline points=${pointsOf(budgetLine)} class="line plain" />` : nothing}
          ${dots.map(
            ({ cell, x: left, y: top }) =>
              svg`<circle cx=${left} cy=${top} r="3" class="dot plain"><title>${plural(cell.images, 'image')}, ${qualityName(cell.quality)}, ${formatBytes(cell.bytes)} each: measured error ${formatShare(cell.error)}</title></circle>`,
          )}
          ${
            place === 'within'
              ? svg`<circle cx=${bestX} cy=${bestY} r="5.5" class="hollow line-0" />${drawLabels(placeLabels([best], area, [best, ...dots]))}`
              : nothing
          }`,
      };
    },
    table: () => ({
      head: ['kind', 'images', 'bytes_per_image', `error (1 - ${metricOf(task)})`],
      rows: [
        ...encoded.map(({ images, bytes, error }) => ['measured', images, bytes, error]),
        ...curve.map(({ images, bytes, error }) => ['best mix of a budget', images, bytes, error]),
        ...grid.images.flatMap((images, i) =>
          grid.bytes.map((bytes, j) => ['expected', images, bytes, grid.error[i * grid.bytes.length + j]]),
        ),
      ],
    }),
  };
}

/** Each over the one before: all mixes of at most a level's error. */
function bands(
  grid: ErrorGrid,
  levels: readonly number[],
  { left, right, top, bottom }: Area,
  at: (images: number, bytes: number) => readonly [number, number],
): SVGTemplateResult {
  return svg`<rect x=${left} y=${top} width=${right - left} height=${bottom - top} class="level" ${depth(0, levels)} />
    ${levels.map((level, k) => {
      const edge = contourOf(grid, level).map(({ images, bytes }) => at(images, bytes));
      const [start] = edge;
      return start === undefined
        ? nothing
        : svg`<polygon points=${pointsOf([...edge, [right, top], [start[0], top]])} class="level" ${depth(k + 1, levels)} />`;
    })}`;
}

function reading(
  by: Optima['by'],
  trainBytes: number,
  { place, optimum: { images, bytes, error } }: ReturnType<typeof expectedAt>,
  curve: Optima['curve'],
): string {
  if (place === 'within')
    return `With ${formatBytes(trainBytes)} for training images, the least error, ${formatShare(error)}, is expected of ${formatCount(images)} images of ${formatBytes(bytes)}, by ${tellerName(by)}${by === 'law' ? '' : ' (no law is trusted)'}.`;
  const [first, last] = [curve[0], curve.at(-1)];
  return `The slider’s budget leaves ${formatBytes(trainBytes)} to training images, beyond what was measured (${formatBytes(first?.budgetBytes ?? NaN)} to ${formatBytes(last?.budgetBytes ?? NaN)}).`;
}

/** Ends of the line images × bytes = budget within a grid; none where it does not cross it. */
function onBudget(budgetBytes: number, { images, bytes }: ErrorGrid): { images: number; bytes: number }[] {
  const [[fewest, mostImages], [least, most]] = [extent(images), extent(bytes)];
  const from = Math.max(fewest, budgetBytes / most);
  const to = Math.min(mostImages, budgetBytes / least);
  return from < to ? [from, to].map((n) => ({ images: n, bytes: budgetBytes / n })) : [];
}

const depth = (band: number, levels: readonly number[]) =>
  styled({ '--depth': `${faint + ((deep - faint) * band) / Math.max(1, levels.length)}%` });

/** The bands' colours with the errors between them, the largest at the left. */
function levelBar(levels: readonly number[], width: number): Drawing {
  const step = Math.min(bar.width, Math.floor((width - 20) / (levels.length + 1)));
  const labels = placeLabels(
    levels.map((level, k) => ({ text: formatShare(level), x: (k + 1) * step, y: bar.height + 22 })),
    { left: 0, right: width, top: 0, bottom: 100 },
    [],
  );
  return {
    height: bar.height + 22,
    content: svg`${Array.from(
      { length: levels.length + 1 },
      (_, k) => svg`<rect x=${k * step} y="0" width=${step} height=${bar.height} class="level" ${depth(k, levels)} />`,
    )}
      <rect x="0.5" y="0.5" width=${(levels.length + 1) * step - 1} height=${bar.height - 1} class="outline" />
      ${labels.map(({ text, x, anchor }) => svg`<text x=${x} y=${bar.height + 13} text-anchor=${anchor}>${text}</text>`)}`,
  };
}

const stacked = (first: Drawing, second: Drawing): Drawing => ({
  height: first.height + second.height,
  content: svg`${first.content}<g transform="translate(0 ${first.height})">${second.content}</g>`,
});
