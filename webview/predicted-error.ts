/** How right networks trained on the slider's copy are, by trainings at other budgets. */
import { css, html, LitElement, type TemplateResult } from 'lit';
import { formatBytes, formatShare } from '../src/protocol/format.ts';
import type { Allocation } from '../src/protocol/frontier.ts';
import { metricOf } from '../src/protocol/metric.ts';
import { coverageWords, predictedAt, type Prediction } from '../src/protocol/prediction.ts';
import { theme } from './theme.ts';

export class PredictedErrorView extends LitElement {
  static override properties = { prediction: { attribute: false }, allocation: { attribute: false } };
  static override styles = [
    theme,
    css`
      p + p {
        margin-top: 2px;
      }
    `,
  ];

  declare prediction: Prediction;
  declare allocation: Allocation;

  override render(): TemplateResult {
    const { task, points, original, seeds, testImages, coverage } = this.prediction;
    const { place, error, interval } = predictedAt(this.prediction, this.allocation);
    const [low, high] = interval.toReversed().map((end) => formatShare(1 - end));
    const metric = metricOf(task);
    const nearest = (place === 'below' ? points[0] : points.at(-1))?.bytes ?? NaN;
    return html`<p data-testid="predicted-error">
        ${
          place === 'within'
            ? html`Predicted ${metric} at this budget: <strong>${formatShare(1 - error)}</strong> (${low} to ${high}),
                original ${formatShare(1 - original.error)}.`
            : `No ${metric} is predicted for this budget: it is ${place} the budgets that were trained at. At ${formatBytes(nearest)} it is ${formatShare(1 - error)} (${low} to ${high}), original ${formatShare(1 - original.error)}.`
        }
      </p>
      <p class="quiet">
        90 % interval of the mean of ${seeds} trainings of a small network, tested on the same
        ${testImages.toLocaleString('en-US')} images; ${coverageWords(coverage)}.
      </p>`;
  }
}
