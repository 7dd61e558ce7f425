/** What charts have in common: axes with their marks and names, and a key above them. */
import { svg, type SVGTemplateResult } from 'lit';
import { type Area, type PlacedLabel, textWidth } from './labels.ts';
import type { Scale, ScaleOf } from './scale.ts';

/** A part of a drawing and the height that it takes, pixels. */
export interface Drawing {
  readonly height: number;
  readonly content: SVGTemplateResult;
}

export interface Key {
  readonly name: string;
  /** Drawn around the middle of a box of `keyWidth`. */
  readonly mark: SVGTemplateResult;
}

export interface Axis {
  readonly title: string;
  readonly scale: ScaleOf;
}

export interface Frame {
  readonly area: Area;
  readonly x: Scale;
  readonly y: Scale;
  /** Of the whole drawing, pixels. */
  readonly height: number;
  /** To be drawn below what the chart shows. */
  readonly content: SVGTemplateResult;
}

export const keyWidth = 24;
const keyHeight = 18;
const plotHeight = 230;
const [labelRoom, titleRoom] = [16, 20];

/** A key that breaks into lines. */
export function keysOf(keys: readonly Key[], width: number): Drawing {
  let [x, y] = [0, 0];
  const placed = keys.map(({ name, mark }) => {
    const own = keyWidth + 6 + textWidth(name) + 14;
    if (x > 0 && x + own > width) [x, y] = [0, y + keyHeight];
    const at = { name, mark, x, y };
    x += own;
    return at;
  });
  return {
    height: keys.length > 0 ? y + keyHeight + 4 : 0,
    content: svg`${placed.map(
      ({ name, mark, x: left, y: top }) =>
        svg`<g transform="translate(${left} ${top})"><g transform="translate(${keyWidth / 2} 8)">${mark}</g><text x=${keyWidth + 6} y="12">${name}</text></g>`,
    )}`,
  };
}

/** @param head  drawn above the axes */
export function frame(width: number, head: Drawing, x: Axis, y: Axis): Frame {
  const top = head.height + titleRoom;
  const bottom = top + plotHeight;
  const ys = y.scale([bottom, top], () => 22);
  const left = Math.max(28, ...ys.ticks.map(({ label }) => textWidth(label))) + 8;
  const right = width - 14;
  const xs = x.scale([left, right], (label) => textWidth(label) + 10);
  const area = { left, right, top, bottom };
  return {
    ...{ area, x: xs, y: ys },
    height: bottom + labelRoom + titleRoom,
    content: svg`${head.content}
      <text x="0" y=${top - 9}>↑ ${y.title}</text>
      <text x=${right} y=${bottom + labelRoom + 16} text-anchor="end">${x.title} →</text>
      ${ys.ticks.map(
        ({ at, label }) =>
          svg`<line x1=${left} x2=${right} y1=${at} y2=${at} class="grid" /><text x=${left - 6} y=${at + 4} text-anchor="end">${label}</text>`,
      )}
      <line x1=${left} x2=${right} y1=${bottom} y2=${bottom} class="axis" />
      ${xs.ticks.map(
        ({ at, label }) =>
          svg`<line x1=${at} x2=${at} y1=${bottom} y2=${bottom + 4} class="axis" /><text x=${at} y=${bottom + labelRoom} text-anchor=${anchorWithin(at, label, width)}>${label}</text>`,
      )}`,
  };
}

/** Labels with a halo in the background's colour, above whatever they cross. */
export const drawLabels = (labels: readonly PlacedLabel[]): SVGTemplateResult =>
  svg`${labels.map(({ text, x, y, anchor, colour = 'plain' }) => svg`<text x=${x} y=${y} text-anchor=${anchor} class="label ${colour}">${text}</text>`)}`;

/** Points of a line or polygon. */
export const pointsOf = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');

/** The last label may reach beyond the drawing. */
const anchorWithin = (at: number, label: string, width: number) =>
  at + textWidth(label) / 2 > width ? 'end' : 'middle';
