import { svg } from 'lit';
import type { Evaluation } from '../src/protocol/evaluation.ts';
import { formatPoints } from '../src/protocol/format.ts';
import { markOf } from '../src/protocol/metric.ts';
import type { Chart } from './charts/figure.ts';
import { frame, keysOf } from './charts/frame.ts';
import { linear, places } from './charts/scale.ts';

/** How far the plan's networks are ahead of each rival's, with intervals: right of 0 the plan is ahead. */
export function evaluationFigure({ task, trials }: Evaluation): Chart {
  const rows = trials.flatMap(({ policy, difference }) => (difference ? [{ policy, ...difference }] : []));
  const names = rows.map(({ policy }) => policy);
  const ends = rows.flatMap(({ interval }) => [...interval]);
  return {
    title: `The plan against its rivals, in points of ${markOf(task)}`,
    reading: reading(rows),
    draw: (width) => {
      const { area, x, y, height, content } = frame(
        width,
        keysOf([], width),
        { title: 'the plan is ahead', scale: linear([Math.min(0, ...ends), Math.max(0, ...ends)], formatPoints) },
        // From top to bottom, with room above the first and below the last.
        { title: 'rival', scale: places(['', ...names.toReversed(), '']) },
      );
      const top = (k: number) => y.at(rows.length - k);
      return {
        height,
        content: svg`${content}
          <line x1=${x.at(0)} x2=${x.at(0)} y1=${area.top} y2=${area.bottom} class="axis" stroke-dasharray="2 3" />
          ${rows.map(
            ({ policy, mean, interval: [low, high], verdict }, k) =>
              svg`<line x1=${x.at(low)} x2=${x.at(high)} y1=${top(k)} y2=${top(k)} class="whisker plain" />
                <circle cx=${x.at(mean)} cy=${top(k)} r="4" class="dot ${verdict === 'no difference seen' ? 'plain' : verdict === 'better' ? 'line-2' : 'line-0'}"><title>${policy}: ${formatPoints(mean)} (${formatPoints(low)} to ${formatPoints(high)}), ${verdict}</title></circle>`,
          )}`,
      };
    },
    table: () => ({
      head: ['rival', 'difference', 'from', 'to', 'verdict'],
      rows: rows.map(({ policy, mean, interval: [low, high], verdict }) => [policy, mean, low, high, verdict]),
    }),
  };
}

function reading(rows: readonly { readonly policy: string; readonly verdict: string }[]): string {
  const those = (verdict: string) => rows.filter((row) => row.verdict === verdict).map(({ policy }) => policy);
  const [better, worse, same] = ['better', 'worse', 'no difference seen'].map(those) as [string[], string[], string[]];
  const parts = [
    ...(better.length > 0 ? [`better than ${better.join(', ')}`] : []),
    ...(worse.length > 0 ? [`worse than ${worse.join(', ')}`] : []),
    ...(same.length > 0 ? [`not seen to differ from ${same.join(', ')}`] : []),
  ];
  return `The plan is ${parts.join('; ')}.`;
}
