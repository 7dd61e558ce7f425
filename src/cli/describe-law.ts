import { formatBytes } from '../protocol/format.ts';
import { lawFormulas, lawSymbols, usedParameters, type LawFit, type LawOptimum } from '../protocol/law.ts';
import { count, table } from './describe.ts';
import type { Described } from './run-job.ts';

export const describeLaw = (fit: LawFit): Described => ({
  text: [...lawLines(fit), ...optimumLines(fit.optima)].join('\n'),
});

export function lawLines({ law, points, intervals, exponent, rSquared, aicc, heldOut, trusted }: LawFit): string[] {
  const others = Object.entries(aicc).map(([form, value]) => `${form} ${value.toFixed(1)}`);
  return [
    `Law       ${lawFormulas[law.form]}`,
    `          n₀ = ${law.images0.toPrecision(4)} images, L₀ = ${law.bytes0.toPrecision(4)} bytes; ${count(points)} points, R² = ${rSquared.toFixed(4)}`,
    `          AICc: ${others.join(', ')}`,
    '',
    ...table([
      ['parameter', 'value', '95 %'],
      ...usedParameters(intervals).map((name) => [
        lawSymbols[name],
        figure(law[name]),
        `${figure(intervals[name][0])} … ${figure(intervals[name][1])}`,
      ]),
    ]),
    '',
    `Exponent  ν = αβ/(α+β) = ${exponent.toFixed(4)}: at the optimum, what is above the floor falls as budget^-ν`,
    heldOut
      ? `Held out  ${count(heldOut.images)} images: the law of the others misses by ${signed(heldOut.miss)} ± ${heldOut.standardError.toFixed(4)}`
      : 'Held out  nothing: too few sizes to foretell the largest from the others',
    ...(trusted ? [] : ['Trust     none: the miss is beyond two standard errors; do not extrapolate with this law']),
  ];
}

const optimumLines = (optima: readonly LawOptimum[]): string[] =>
  optima.length === 0
    ? []
    : [
        '',
        ...table([
          ['budget', 'images', 'bytes each', 'error', '95 %'],
          ...optima.map(({ budgetBytes, images, bytes, error, interval: [low, high] }) => [
            formatBytes(budgetBytes),
            count(Math.round(images)),
            count(Math.round(bytes)),
            error.toFixed(4),
            `${low.toFixed(4)} … ${high.toFixed(4)}`,
          ]),
        ]),
      ];

/** What is nothing but rounding is 0. */
const figure = (value: number) => (Math.abs(value) < 1e-6 ? '0' : value.toPrecision(4));

const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
