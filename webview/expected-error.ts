/** What networks trained within the slider's budget would miss, once a sweep tells it. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Task } from '../src/protocol/analysis.ts';
import { expectedAt } from '../src/protocol/best-mix.ts';
import { formatBytes, formatCount, formatShare } from '../src/protocol/format.ts';
import { metricOf } from '../src/protocol/metric.ts';
import type { SweepReport } from '../src/protocol/sweep.ts';
import { tellerName } from './sweep/cells.ts';
import { theme } from './theme.ts';

export class ExpectedError extends LitElement {
  static override properties = {
    task: { attribute: false },
    optima: { attribute: false },
    trainBytes: { attribute: false },
    fixedBytes: { attribute: false },
  };
  static override styles = [
    theme,
    css`
      p + p {
        margin-top: 2px;
      }
    `,
  ];

  declare task: Task;
  declare optima: SweepReport['optima'];
  /** What the budget leaves to training images, and what every copy holds beside them. */
  declare trainBytes: number;
  declare fixedBytes: number;

  override render(): TemplateResult | typeof nothing {
    const { task, optima, trainBytes, fixedBytes } = this;
    if (!optima) return nothing;
    const { place, optimum } = expectedAt(optima.curve, trainBytes);
    const { images, bytes, error, interval } = optimum;
    const [low, high] = interval.map((end) => formatShare(end));
    const band = `${formatShare(error)} (${low} to ${high})`;
    const by = tellerName(optima.by);
    return html`<p
        data-testid="expected-error"
        title="1 − ${metricOf(task)} of the sweep’s networks on the tested originals"
      >
        ${
          place === 'within'
            ? `Expected test error at this budget: ${band}, by ${by}.`
            : `No test error is told for this budget: it is ${place} what the sweep measured. At ${formatBytes(optimum.budgetBytes)} for training images it is ${band}, by ${by}.`
        }
      </p>
      <p class="quiet">
        For ${formatCount(images)} images of ${formatBytes(bytes)} at one quality for all, the best mix for
        ${formatBytes(place === 'within' ? trainBytes : optimum.budgetBytes)}. This budget leaves
        ${formatBytes(Math.max(0, trainBytes))} to training images: ${formatBytes(fixedBytes)} are in every copy
        (validation and test splits, other files).
      </p>`;
  }
}
