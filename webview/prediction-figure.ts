/** The metric by the bytes of the copy: as measured, and as predicted between. */
import { nothing, svg } from 'lit';
import { formatBytes, formatPoints, formatRoundBytes, formatShare } from '../src/protocol/format.ts';
import type { Allocation, Frontier } from '../src/protocol/frontier.ts';
import { metricOf, metricTitle } from '../src/protocol/metric.ts';
import { copiesBetween, predictedAt, type Prediction, type PredictionPoint } from '../src/protocol/prediction.ts';
import type { Chart } from './charts/figure.ts';
import { frame, keysOf, keyWidth, pointsOf } from './charts/frame.ts';
import { linear, logarithmic } from './charts/scale.ts';
import { extent } from './sweep/cells.ts';

/** Enough for straight lines between them to look like the curve. */
const steps = 80;

/** @param copy  the slider's */
export function predictionFigure(prediction: Prediction, frontier: Frontier, copy: Allocation): Chart {
  const { task, points, original } = prediction;
  const metric = metricOf(task);
  const [least, most] = extent(points.map(({ bytes }) => bytes));
  // Prefixes are somewhat smaller than their budgets: the ends are what was trained.
  const told = [points[0], ...copiesBetween(frontier, least, most, steps).slice(1, -1), points.at(-1)].map((own) => ({
    ...(own as PredictionPoint),
    ...predictedAt(prediction, own as PredictionPoint),
  }));
  const own = predictedAt(prediction, copy);
  const half = keyWidth / 2;
  const keys = [
    { name: 'measured, every training', mark: svg`<circle r="3.5" class="dot line-1" />` },
    {
      name: 'predicted, 90 %',
      mark: svg`<rect x=${-half} y="-6" width=${keyWidth} height="12" class="band line-1" /><line x1=${-half} x2=${half} y1="0" y2="0" class="line line-1" />`,
    },
    {
      name: 'all originals',
      mark: svg`<line x1=${-half} x2=${half} y1="0" y2="0" class="line line-2" stroke-dasharray="6 3" />`,
    },
    ...(own.place === 'within'
      ? [
          {
            name: 'the slider’s budget',
            mark: svg`<line x1="0" x2="0" y1="-7" y2="7" class="line plain" stroke-dasharray="2 3" />`,
          },
        ]
      : []),
  ];
  return {
    title: `${metricTitle(task)} by bytes of the copy`,
    reading: reading(prediction, metric),
    draw: (width) => {
      const values = [
        ...points.flatMap(({ errors }) => errors),
        ...told.flatMap(({ interval }) => [...interval]),
        original.error,
      ];
      const { area, x, y, height, content } = frame(
        width,
        keysOf(keys, width),
        { title: 'bytes of the copy', scale: logarithmic([least, most], formatRoundBytes) },
        { title: metric, scale: linear(extent(values.map((error) => 1 - error)), formatShare) },
      );
      const line = (error: (at: (typeof told)[number]) => number) =>
        told.map((at) => [x.at(at.bytes), y.at(1 - error(at))] as const);
      const band = [...line(({ interval }) => interval[0]), ...line(({ interval }) => interval[1]).reverse()];
      const [slider, ofOriginals] = [x.at(copy.bytes), y.at(1 - original.error)];
      return {
        height,
        content: svg`${content}
          ${
            own.place === 'within'
              ? svg`<line x1=${slider} x2=${slider} y1=${area.top} y2=${area.bottom} class="line plain" stroke-dasharray="2 3" />`
              : nothing
          }
          <line x1=${area.left} x2=${area.right} y1=${ofOriginals} y2=${ofOriginals} class="line line-2" stroke-dasharray="6 3" />
          <polygon points=${pointsOf(band)} class="band line-1" />
          <polyline points=${pointsOf(line(({ error }) => error))} class="line line-1" />
          ${points.flatMap(({ bytes, errors }) =>
            errors.map(
              (error) =>
                svg`<circle cx=${x.at(bytes)} cy=${y.at(1 - error)} r="3.5" class="dot line-1"><title>${formatBytes(bytes)}: ${metric} ${formatShare(1 - error)}</title></circle>`,
            ),
          )}`,
      };
    },
    table: () => ({
      head: ['kind', 'bytes', metric, 'low_90', 'high_90'],
      rows: [
        ...points.flatMap(({ bytes, errors }) =>
          errors.map((error) => ['measured', bytes, 1 - error, undefined, undefined]),
        ),
        ...told.map(({ bytes, error, interval: [low, high] }) => ['predicted', bytes, 1 - error, 1 - high, 1 - low]),
        ...original.errors.map((error) => ['all originals', original.bytes, 1 - error, undefined, undefined]),
      ],
    }),
  };
}

/** The smallest measured copy whose predicted metric is within its interval of the originals'. */
function reading({ points, original }: Prediction, metric: string): string | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return undefined;
  const less = (point: PredictionPoint) =>
    `${formatPoints(point.error - original.error)} of ${metric} at ${formatBytes(point.bytes)}`;
  return `Against all originals (${formatBytes(original.bytes)}, ${formatShare(1 - original.error)}), trainings lost ${less(first)} and ${less(last)}.`;
}
