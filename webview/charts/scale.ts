/** Where values lie along an axis, and which of them are marked. */

export interface Tick {
  /** Pixels. */
  readonly at: number;
  readonly label: string;
}

export interface Scale {
  /** Pixels of a value. */
  readonly at: (value: number) => number;
  readonly ticks: readonly Tick[];
}

/** Pixels of the first and of the last value. */
export type Range = readonly [number, number];

/** A scale over pixels, whose labels take the given room along it. */
export type ScaleOf = (range: Range, room: (label: string) => number) => Scale;

export type Domain = readonly [number, number];

/** Share of the domain that stays free at either end. */
const padding = 0.04;
/** Ticks from many to few; the first that have room are taken. */
const wantedTicks = [8, 6, 5, 4, 3, 2];
const mantissas = [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]];

export function linear(domain: Domain, format: (value: number) => string): ScaleOf {
  const [low, high] = padded(domain);
  return (range, room) => {
    const at = (value: number) => place(range, (value - low) / (high - low));
    return {
      at,
      ticks: roomiest(
        wantedTicks.map((count) => roundValues(low, high, count)),
        at,
        format,
        room,
      ),
    };
  };
}

/**
 * @param tight  without free ends
 * @param marked  values to mark, where there is room for them all
 */
export function logarithmic(
  domain: Domain,
  format: (value: number) => string,
  { tight = false, marked = [] }: { tight?: boolean; marked?: readonly number[] } = {},
): ScaleOf {
  const logs = [Math.log(domain[0]), Math.log(domain[1])] as const;
  const [low, high] = tight && logs[0] < logs[1] ? logs : padded(logs);
  const ends = [Math.exp(low), Math.exp(high)] as const;
  // Within a few octaves round numbers lie nearly evenly; beyond, their decades do.
  const wide = ends[1] / ends[0] > 8;
  const values = wide
    ? mantissas.map((own) => inDecades(...ends, own))
    : wantedTicks.map((n) => roundValues(...ends, n));
  return (range, room) => {
    const at = (value: number) => place(range, (Math.log(value) - low) / (high - low));
    return { at, ticks: roomiest([marked, ...values], at, format, room) };
  };
}

/** Named places, evenly apart; their values are 0, 1, 2, … */
export function places(names: readonly string[]): ScaleOf {
  return (range, room) => {
    const at = (value: number) => place(range, value / Math.max(1, names.length - 1));
    const steps = [1, 2, 5, 10, 20, 50, 100].map((step) => [...names.keys()].filter((k) => k % step === 0));
    return { at, ticks: roomiest(steps, at, (value) => names[value] ?? '', room) };
  };
}

/** Multiples of 1, 2 or 5 times a power of ten, at most so many. */
export function roundValues(low: number, high: number, most: number): number[] {
  const least = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * ([1, 2, 5, 10].find((own) => own * power >= least) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.max(0, Math.floor(high / step + 1e-9) - first + 1) }, (_, k) => (first + k) * step);
}

function inDecades(low: number, high: number, factors: readonly number[]): number[] {
  const decades = Array.from(
    { length: Math.ceil(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
    (_, k) => 10 ** (Math.floor(Math.log10(low)) + k),
  );
  return decades.flatMap((decade) => factors.map((own) => own * decade)).filter((own) => own >= low && own <= high);
}

function roomiest(
  candidates: readonly (readonly number[])[],
  at: (value: number) => number,
  format: (value: number) => string,
  room: (label: string) => number,
): Tick[] {
  const ticksOf = (values: readonly number[]) => values.map((value) => ({ at: at(value), label: format(value) }));
  const apart = (ticks: readonly Tick[]) =>
    ticks.every(({ at: own, label }, k) => {
      const before = ticks[k - 1];
      return !before || Math.abs(own - before.at) >= (room(label) + room(before.label)) / 2;
    });
  const fitting = candidates.map(ticksOf).filter(apart);
  return fitting.find((ticks) => ticks.length >= 2) ?? fitting.at(-1) ?? [];
}

function padded([low, high]: Domain): Domain {
  const more = padding * (high - low) || Math.abs(low) * padding || padding;
  return [low - more, high + more];
}

const place = ([from, to]: Range, share: number) => from + share * (to - from);
