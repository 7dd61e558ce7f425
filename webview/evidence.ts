/** What the sensitivities rest on: the probes, their two kinds, and how well cheap signs would have done. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { ProbeSummary, Task } from '../src/protocol/analysis.ts';
import { formatCount, formatNats, formatShare, missing, plural } from '../src/protocol/format.ts';
import { metricOf } from '../src/protocol/metric.ts';
import { proxyTitles, type ProxyReport } from '../src/protocol/proxies.ts';
import { tables, theme } from './theme.ts';

export class Evidence extends LitElement {
  static override properties = {
    task: { attribute: false },
    probe: { attribute: false },
    proxies: { attribute: false },
    qualities: { attribute: false },
  };
  static override styles = [
    theme,
    tables,
    css`
      details > * + * {
        margin-top: 10px;
      }
      p {
        max-width: 90ch;
      }
    `,
  ];

  declare task: Task;
  declare probe: ProbeSummary;
  declare proxies: ProxyReport | undefined;
  declare qualities: Uint8Array;

  override render(): TemplateResult {
    const { engine, folds, seeds, epochs, side, accuracy, saved, meanByKind } = this.probe;
    const { mixed, originals } = meanByKind;
    return html`<details data-testid="evidence">
      <summary><h2>How the sensitivities were measured</h2></summary>
      <p>
        ${
          mixed || originals
            ? `Small networks (${side} px, ${plural(epochs, 'epoch')}) were trained in ${plural(folds, 'fold')} with ${plural(seeds, 'seed')}; each image's loss was measured by networks that had not seen it. On the originals of such images their ${metricOf(this.task)} is ${formatShare(accuracy)}.`
            : `Every image was scored at ${side} × ${side} pixels by your own network, whose ${metricOf(this.task)} on the originals is ${formatShare(accuracy)}. If it was trained on these images, it has seen them: sensitivities then come out too large.`
        }
        <span class="quiet">${engine}.</span>
      </p>
      ${saved ? html`<p>Active probing settled ${plural(saved.settledRows, 'image')} early and saved ${formatCount(saved.forwardPasses)} of ${formatCount(saved.forwardPassesInAll)} forward passes and ${saved.trainings} of ${plural(saved.trainingsInAll, 'training')}.</p>` : nothing}
      ${mixed && originals ? kinds(mixed, originals, this.qualities) : nothing}
      ${this.proxies ? signs(this.proxies) : nothing}
    </details>`;
  }
}

function kinds(mixed: Float32Array, originals: Float32Array, qualities: Uint8Array): TemplateResult {
  const shift = Array.from(originals, (own, q) => (own > 0 ? 1 - (mixed[q] ?? 0) / own : NaN));
  const row = (name: string, cells: string[]) =>
    html`<tr>
      <th scope="row">${name}</th>
      ${cells.map((cell) => html`<td class="number">${cell}</td>`)}
    </tr>`;
  return html`<p>
      Probes of originals also suffer from seeing compressed images for the first time; probes trained on all qualities
      suffer from lost information alone.
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label="Sensitivity by kind of probe">
      <table>
        <thead>
          <tr>
            <th scope="col">Mean sensitivity, nats</th>
            ${Array.from(qualities, (quality) => html`<th scope="col" class="number">q ${quality}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${row(
            'Trained on originals',
            Array.from(originals, (value) => formatNats(value, 2)),
          )}
          ${row(
            'Trained on all qualities',
            Array.from(mixed, (value) => formatNats(value, 2)),
          )}
          ${row(
            'Share that is shift',
            shift.map((value) => formatShare(value, 0)),
          )}
        </tbody>
      </table>
    </div>`;
}

function signs({ proxies, budgets, uniformRegret, measured, rows, used }: ProxyReport): TemplateResult {
  const regrets = (values: readonly number[]) =>
    values.map((value) => html`<td class="number">${Number.isFinite(value) ? formatNats(value, 4) : missing}</td>`);
  return html`<p>
      ${
        used
          ? html`${formatCount(measured)} of ${plural(rows, 'image')} were probed; the others are foretold by
              <em>${proxyTitles[used]}</em>.`
          : 'How cheap signs would have foretold what the probes measured.'
      }
      Regret is what a plan by the sign loses more at equal bytes (nats of mean loss), cross-validated.
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label="Signs of sensitivity">
      <table data-testid="proxies">
        <thead>
          <tr>
            <th scope="col">Sign</th>
            <th
              scope="col"
              class="number"
              title="Spearman's rank correlation with the measured sensitivity, 95 % interval"
            >
              Rank correlation
            </th>
            <th scope="col" class="number" title="Of telling the most sensitive fifth from the rest">AUC</th>
            <th scope="col" class="number" title="1 where calibrated">Slope</th>
            ${budgets.map((share) => html`<th scope="col" class="number">Regret at ${formatShare(share)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${proxies.map(
            ({ name, rho, rhoInterval: [low, high], areaUnderCurve, calibrationSlope, regret }) =>
              html`<tr class=${name === used ? 'chosen' : ''}>
                <th scope="row">${proxyTitles[name]}</th>
                <td class="number">${rho.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})</td>
                <td class="number">${areaUnderCurve.toFixed(2)}</td>
                <td class="number">${Number.isFinite(calibrationSlope) ? calibrationSlope.toFixed(2) : missing}</td>
                ${regrets(regret)}
              </tr>`,
          )}
          <tr>
            <th scope="row">one quality for all</th>
            <td></td>
            <td></td>
            <td></td>
            ${regrets(uniformRegret)}
          </tr>
        </tbody>
      </table>
    </div>`;
}
