/** What a plan costs, proved by training the same network on it and on its rivals at the same bytes. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { StageProgress } from '../src/protocol/analysis.ts';
import type { Evaluation } from '../src/protocol/evaluation.ts';
import { formatBytes, formatCount, formatShare, plural } from '../src/protocol/format.ts';
import { metricTitle } from '../src/protocol/metric.ts';
import { evaluationFigure } from './evaluation-figure.ts';
import { figures, tables, theme } from './theme.ts';

/** What the evaluation asks of the host. */
export interface EvaluationSource {
  evaluate(budgetBytes: number): Promise<Evaluation>;
  cancel(): void;
}

export class EvaluationView extends LitElement {
  static override properties = {
    source: { attribute: false },
    progress: { attribute: false },
    budgetBytes: { attribute: false },
    found: { state: true },
    running: { state: true },
    failure: { state: true },
  };
  static override styles = [
    theme,
    tables,
    figures,
    css`
      details > * + * {
        margin-top: 12px;
      }
      p {
        max-width: 90ch;
      }
    `,
  ];

  declare source: EvaluationSource;
  declare progress: StageProgress | undefined;
  /** The slider's. */
  declare budgetBytes: number;
  declare found: Evaluation | undefined;
  declare running: boolean;
  declare failure: string | undefined;

  constructor() {
    super();
    this.running = false;
  }

  override render(): TemplateResult {
    const { found, running, failure } = this;
    return html`<details data-testid="evaluation">
      <summary><h2>Proof: is the plan worth it?</h2></summary>
      <p>
        Trains the same small network on the plan of the slider's budget and, at the same bytes, on other policies'
        copies, with the same seeds; then tests all on the same images. Nothing is called better without it.
      </p>
      ${running ? this.#waiting() : nothing}
      ${failure === undefined ? nothing : html`<p class="error" role="alert">${failure}</p>`}
      ${found ? findings(found) : nothing}
      ${
        running
          ? nothing
          : html`<vscode-button appearance="secondary" data-testid="run-evaluation" @click=${this.#run}
              >Train and compare at ${formatBytes(this.budgetBytes)}</vscode-button
            >`
      }
    </details>`;
  }

  #waiting(): TemplateResult {
    const { done = 0, total = 0, note = '' } = this.progress ?? {};
    return html`<p role="status">${total > 0 ? `${formatShare(done / total, 0)}: ${note}` : 'Starting'}</p>
      <progress max=${Math.max(1, total)} value=${done} aria-label="Evaluation"></progress>
      <vscode-button
        appearance="secondary"
        @click=${() => {
          this.source.cancel();
        }}
        >Cancel</vscode-button
      >`;
  }

  readonly #run = async (): Promise<void> => {
    this.running = true;
    this.failure = undefined;
    try {
      this.found = await this.source.evaluate(this.budgetBytes);
    } catch (error) {
      this.failure = `The evaluation did not finish: ${error instanceof Error ? error.message : String(error)}. Finished trainings are kept.`;
    } finally {
      this.running = false;
    }
  };
}

function findings(evaluation: Evaluation): TemplateResult {
  const { task, budgetBytes, trainImages, testImages, tested, compressedAt, seeds, epochs, trials } = evaluation;
  return html`<p class="quiet">
      At ${formatBytes(budgetBytes)}: up to ${plural(trainImages, 'image')} to train on, ${formatCount(testImages)} to
      test on (${tested}); ${plural(seeds, 'seed')}, ${plural(epochs, 'epoch')}. Whiskers are 95 % intervals over test
      images and seeds.
    </p>
    <div class="figures"><bitbudget-figure .chart=${evaluationFigure(evaluation)}></bitbudget-figure></div>
    <div class="scroll" tabindex="0" role="region" aria-label="Policies by training">
      <table data-testid="trials">
        <thead>
          <tr>
            <th scope="col">Policy</th>
            <th scope="col" class="number">Images</th>
            <th scope="col" class="number">Bytes</th>
            <th scope="col" class="number">${metricTitle(task)} on originals</th>
            <th scope="col" class="number">on images at q ${compressedAt}</th>
            <th scope="col">The plan is</th>
          </tr>
        </thead>
        <tbody>
          ${trials.map(
            ({ policy, images, bytes, error, standardError, compressedError, difference }) =>
              html`<tr>
                <th scope="row">${policy}</th>
                <td class="number">${formatCount(images)}</td>
                <td class="number">${formatBytes(bytes)}</td>
                <td class="number">${formatShare(1 - error)} ± ${formatShare(standardError)}</td>
                <td class="number">${formatShare(1 - compressedError)}</td>
                <td class="whole">${difference?.verdict ?? ''}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
