/** What a plan costs, proved by training the same network on it and on its rivals at the same bytes. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Evaluation } from '../src/protocol/evaluation.ts';
import { formatBytes, formatCount, formatShare, plural } from '../src/protocol/format.ts';
import { metricTitle } from '../src/protocol/metric.ts';
import { evaluationFigure } from './evaluation-figure.ts';
import { LongJob } from './long-job.ts';

/** What the evaluation asks of the host. */
export interface EvaluationSource {
  evaluate(budgetBytes: number): Promise<Evaluation>;
  cancel(): void;
}

export class EvaluationView extends LongJob {
  static override properties = { budgetBytes: { attribute: false }, found: { state: true } };

  declare source: EvaluationSource;
  /** The slider's. */
  declare budgetBytes: number;
  declare found: Evaluation | undefined;

  override render(): TemplateResult {
    return html`<details data-testid="evaluation">
      <summary><h2>Proof: is the plan worth it?</h2></summary>
      <p>
        Trains the same small network on the plan of the slider's budget and, at the same bytes, on other policies'
        copies, with the same seeds; then tests all on the same images. Nothing is called better without it.
      </p>
      ${this.state('Evaluation')} ${this.found ? findings(this.found) : nothing}
      ${
        this.running
          ? nothing
          : this.startButton(`Train and compare at ${formatBytes(this.budgetBytes)}`, 'run-evaluation', this.#start)
      }
    </details>`;
  }

  readonly #start = () =>
    void this.run('evaluation', async () => {
      this.found = await this.source.evaluate(this.budgetBytes);
    });
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
