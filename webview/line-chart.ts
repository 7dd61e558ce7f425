import { html, svg, type TemplateResult } from 'lit';

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
  /** Names of the places along the horizontal axis. */
  readonly places: readonly string[];
  readonly lines: readonly Line[];
  readonly shades?: readonly Shade[];
  readonly format: (value: number) => string;
}

const [width, height] = [560, 220];
const margin = { left: 52, right: 28, top: 22, bottom: 26 };
/** Told apart by dashes too, for those who do not see the colours. */
const dashes = ['', '6 3', '2 3', '8 3 2 3'];

/** Lines over named places, with their intervals and shaded stretches. */
export function lineChart({ title, places, lines, shades = [], format }: LineChart): TemplateResult {
  const step = (width - margin.left - margin.right) / Math.max(1, places.length - 1);
  const x = (place: number) => margin.left + place * step;
  const ends = lines.flatMap(({ values, interval }) =>
    values.flatMap((value, at) => [value - (interval?.[at] ?? 0), value + (interval?.[at] ?? 0)]),
  );
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const y = (value: number) =>
    height - margin.bottom - ((value - low) / Math.max(1e-9, high - low)) * (height - margin.top - margin.bottom);
  const marks = [0, 0.25, 0.5, 0.75, 1].map((share) => low + share * (high - low));
  const every = Math.max(1, Math.ceil(places.length / 14));
  return html`<figure>
    <p class="quiet">${title}</p>
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-label=${title}>
      ${shades.map(
        ({ name, from, to }, k) =>
          svg`<rect x=${Math.max(margin.left, x(from) - step / 2)} y=${margin.top}
              width=${Math.min(x(to) + step / 2, width - margin.right) - Math.max(margin.left, x(from) - step / 2)}
              height=${height - margin.top - margin.bottom} class="shade shade-${k % 2}" />
            <text x=${(Math.max(x(from) - step / 2, margin.left) + Math.min(x(to) + step / 2, width - margin.right)) / 2} y="14" text-anchor="middle">${name}</text>`,
      )}
      ${marks.map(
        (value) =>
          svg`<line x1=${margin.left} x2=${width - margin.right} y1=${y(value)} y2=${y(value)} class="grid" />
            <text x=${margin.left - 6} y=${y(value) + 4} text-anchor="end">${format(value)}</text>`,
      )}
      ${places.map((place, at) =>
        at % every === 0 ? svg`<text x=${x(at)} y=${height - 8} text-anchor="middle">${place}</text>` : svg``,
      )}
      ${lines.map(({ values, interval }, k) => {
        const points = values.map((value, at) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`);
        const band = interval && [
          ...values.map((value, at) => `${x(at).toFixed(1)},${y(value + (interval[at] ?? 0)).toFixed(1)}`),
          ...values.map((value, at) => `${x(at).toFixed(1)},${y(value - (interval[at] ?? 0)).toFixed(1)}`).reverse(),
        ];
        return svg`${band ? svg`<polygon points=${band.join(' ')} class="band line-${k}" />` : svg``}
          <polyline points=${points.join(' ')} class="line line-${k}" stroke-dasharray=${dashes[k % dashes.length]} />`;
      })}
    </svg>
    <figcaption>
      ${lines.map(
        ({ name }, k) =>
          html`<span class="key"
            ><svg viewBox="0 0 24 8" aria-hidden="true">
              <line
                x1="0"
                x2="24"
                y1="4"
                y2="4"
                class="line line-${k}"
                stroke-dasharray=${dashes[k % dashes.length] ?? ''}
              /></svg
            >${name}</span
          >`,
      )}
    </figcaption>
  </figure>`;
}
