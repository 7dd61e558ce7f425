/** What a sweep found, as tables and sentences. */
import { html, nothing, type TemplateResult } from 'lit';
import { cellBytes } from '../../src/protocol/best-mix.ts';
import {
  formatBytes,
  formatCount,
  formatMilliseconds,
  formatSeconds,
  formatShare,
  missing,
  plural,
} from '../../src/protocol/format.ts';
import { lawFormulas, lawSymbols, usedParameters, type LawFit } from '../../src/protocol/law.ts';
import type { SweepCell, SweepReport } from '../../src/protocol/sweep.ts';
import { cellAt, qualitiesOf, qualityName, sizesOf } from './cells.ts';

export function cellTable(cells: readonly SweepCell[]): TemplateResult {
  const qualities = qualitiesOf(cells);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Test error by images and quality">
    <table data-testid="sweep-cells">
      <thead>
        <tr>
          <th scope="col">Test error (bytes)</th>
          ${qualities.map((quality) => html`<th scope="col" class="number">${qualityName(quality)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${sizesOf(cells).map(
          (images) =>
            html`<tr>
              <th scope="row">${plural(images, 'image')}</th>
              ${qualities.map((quality) => {
                const own = cellAt(cells, images, quality);
                return html`<td class="number">
                  ${own ? html`${formatShare(own.error)} <span class="quiet">${formatBytes(cellBytes(own))}</span>` : missing}
                </td>`;
              })}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

export function lawFindings({ law, points, intervals, rSquared, trusted, heldOut, exponent }: LawFit): TemplateResult {
  const figure = (value: number) => (Math.abs(value) < 1e-6 ? '0' : value.toPrecision(3));
  return html`<p>
      ${lawFormulas[law.form]}, with n₀ = ${formatCount(law.images0)} images and L₀ = ${formatBytes(law.bytes0)}, fitted
      to ${plural(points, 'point')} (R² ${rSquared.toFixed(3)}). At the best mix, what is above the floor falls as
      budget<sup>−${exponent.toFixed(2)}</sup>.
      ${
        heldOut
          ? `The law of the smaller sizes misses the largest by ${(100 * heldOut.miss).toFixed(1)} ± ${(100 * heldOut.standardError).toFixed(1)} points.`
          : ''
      }
      ${trusted ? '' : 'That is beyond two standard errors: do not rely on it between or beyond the measured cells.'}
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label="Parameters of the law">
      <table data-testid="law-parameters">
        <thead>
          <tr>
            <th scope="col">Parameter</th>
            <th scope="col" class="number">Value</th>
            <th scope="col" class="number">95 % interval</th>
          </tr>
        </thead>
        <tbody>
          ${usedParameters(intervals).map(
            (name) =>
              html`<tr>
                <th scope="row">${lawSymbols[name]}</th>
                <td class="number">${figure(law[name])}</td>
                <td class="number">${intervals[name].map(figure).join(' to ')}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

export function optimaTable({ by, list }: NonNullable<SweepReport['optima']>): TemplateResult {
  return html`${by === 'surface' ? html`<p>So the best mixes are found between the measured cells:</p>` : nothing}
    <div class="scroll" tabindex="0" role="region" aria-label="Best mix by budget">
      <table data-testid="optima">
        <thead>
          <tr>
            <th scope="col">Budget</th>
            <th scope="col" class="number">Images</th>
            <th scope="col" class="number">Bytes each</th>
            <th scope="col" class="number">Expected test error, 95 % interval</th>
            <th scope="col" class="number">Training</th>
            <th scope="col">In real files</th>
          </tr>
        </thead>
        <tbody>
          ${list.map(
            ({ budgetBytes, images, bytes, error, interval: [low, high], seconds, real }) =>
              html`<tr>
                <th scope="row">${formatBytes(budgetBytes)}</th>
                <td class="number">${formatCount(images)}</td>
                <td class="number">${formatBytes(bytes)}</td>
                <td class="number">${formatShare(error)} (${formatShare(low)} to ${formatShare(high)})</td>
                <td class="number">${formatSeconds(seconds)}</td>
                <td class="whole">
                  ${real ? `${plural(real.images, 'image')} at q ${real.quality}, ${formatBytes(real.bytes)}` : 'not one image fits'}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

/** How long trainings take, and what of a budget that takes. */
export function timeFindings({
  time: { fixedSeconds, secondsPerImage, secondWorth },
  tooSmall,
}: SweepReport): TemplateResult {
  return html`<p>
    Here a training of n images takes about ${formatSeconds(fixedSeconds)} + n ×
    ${formatMilliseconds(secondsPerImage)}.${secondWorth > 0 ? ` A second of it takes ${formatBytes(secondWorth)} of the budget.` : ''}
    ${tooSmall.length > 0 ? `${tooSmall.map(formatBytes).join(', ')}: too little for a single image.` : ''}
  </p>`;
}
