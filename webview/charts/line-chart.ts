import { svg } from 'lit';
import type { Chart } from './figure.ts';
import { frame, keysOf, keyWidth, pointsOf } from './frame.ts';
import { linear, places as placesOf } from './scale.ts';
import { colours, dashes } from './styles.ts';

export interface Line {
  readonly name: string;
  /** A value at every place. */
  readonly values: readonly number[];
  /** Half of the interval of each value. */
  readonly interval?: readonly number[];
}

export interface Shade {
  readonly name: string;
  /** First and last place, both inside. */
  readonly from: number;
  readonly to: number;
}

export interface LineChart {
  readonly title: string;
  readonly reading?: string | undefined;
  /** Names of the axes. */
  readonly x: string;
  readonly y: string;
  /** Names of the places along the horizontal axis. */
  readonly places: readonly string[];
  readonly lines: readonly Line[];
  readonly shades?: readonly Shade[];
  readonly format: (value: number) => string;
}

/** Lines over named places, with their intervals and shaded stretches. */
export function lineChart({ title, reading, x, y, places, lines, shades = [], format }: LineChart): Chart {
  const ends = lines.flatMap(({ values, interval }) =>
    values.flatMap((value, at) => [value - (interval?.[at] ?? 0), value + (interval?.[at] ?? 0)]),
  );
  const look = (k: number) => ({ colour: `line-${k % colours}`, dash: dashes[k % dashes.length] ?? '' });
  const keys = lines.map(({ name }, k) => {
    const { colour, dash } = look(k);
    return {
      name,
      mark: svg`<line x1=${-keyWidth / 2} x2=${keyWidth / 2} y1="0" y2="0" class="line ${colour}" stroke-dasharray=${dash} />`,
    };
  });
  return {
    title,
    reading,
    draw: (width) => {
      const { area, height, content, ...scales } = frame(
        width,
        keysOf(keys, width),
        { title: x, scale: placesOf(places) },
        { title: y, scale: linear([Math.min(...ends), Math.max(...ends)], format) },
      );
      const step = scales.x.at(1) - scales.x.at(0);
      const line = (values: readonly number[]) =>
        values.map((value, at) => [scales.x.at(at), scales.y.at(value)] as const);
      return {
        height,
        content: svg`${shades.map(({ name, from, to }, k) => {
          const left = Math.max(area.left, scales.x.at(from) - step / 2);
          const right = Math.min(area.right, scales.x.at(to) + step / 2);
          return svg`<rect x=${left} y=${area.top} width=${right - left} height=${area.bottom - area.top} class="shade shade-${k % 2}" />
            <text x=${(left + right) / 2} y=${area.bottom - 6} text-anchor="middle">${name}</text>`;
        })}
        ${content}
        ${lines.map(({ values, interval }, k) => {
          const { colour, dash } = look(k);
          const band = interval && [
            ...line(values.map((value, at) => value + (interval[at] ?? 0))),
            ...line(values.map((value, at) => value - (interval[at] ?? 0))).reverse(),
          ];
          return svg`${band ? svg`<polygon points=${pointsOf(band)} class="band ${colour}" />` : svg``}
            <polyline points=${pointsOf(line(values))} class="line ${colour}" stroke-dasharray=${dash} />`;
        })}`,
      };
    },
    table: () => ({
      head: [
        x,
        ...lines.flatMap(({ name, interval }) => (interval ? [name, `${name}, half of its interval`] : [name])),
      ],
      rows: places.map((place, at) => [
        place,
        ...lines.flatMap(({ values, interval }) => (interval ? [values[at], interval[at]] : [values[at]])),
      ]),
    }),
  };
}
