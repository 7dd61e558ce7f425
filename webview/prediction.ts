/** Trainings at some budgets, run when they are asked for, and the accuracy that they tell for all others. */
import { html, nothing, type TemplateResult } from 'lit';
import { capital, formatBytes, formatCount, formatPoints, formatShare, plural } from '../src/protocol/format.ts';
import type { Allocation, Frontier } from '../src/protocol/frontier.ts';
import { metricOf, metricTitle } from '../src/protocol/metric.ts';
import { coverageWords, curveTitles, predictedAt, type Prediction } from '../src/protocol/prediction.ts';
import { LongJob } from './long-job.ts';
import { predictionFigure } from './prediction-figure.ts';

/** What the prediction asks of the host. */
export interface PredictionSource {
  predict(): Promise<Prediction>;
  cancel(): void;
}

/** A finished prediction. */
export class PredictEvent extends Event {
  readonly prediction: Prediction;

  constructor(prediction: Prediction) {
    super('predict');
    this.prediction = prediction;
  }
}

export class PredictionView extends LongJob {
  static override properties = {
    prediction: { attribute: false },
    frontier: { attribute: false },
    allocation: { attribute: false },
  };

  declare source: PredictionSource;
  declare prediction: Prediction | undefined;
  declare frontier: Frontier;
  /** Of the slider's budget. */
  declare allocation: Allocation;

  override render(): TemplateResult {
    return html`<details data-testid="prediction">
      <summary><h2>Prediction: what accuracy does each budget leave?</h2></summary>
      <p>
        Trains a small network on the plans of six budgets and on all originals. That tells the accuracy at every budget
        between them; leaving out one of the budgets after another shows how often such an interval holds.
      </p>
      ${this.state('Prediction')}
      ${this.prediction ? findings(this.prediction, this.frontier, this.allocation) : nothing}
      ${this.running || this.prediction ? nothing : this.startButton('Train at six budgets', 'run-prediction', this.#start)}
    </details>`;
  }

  readonly #start = () =>
    void this.run('prediction', async () => {
      this.dispatchEvent(new PredictEvent(await this.source.predict()));
    });
}

function findings(prediction: Prediction, frontier: Frontier, allocation: Allocation): TemplateResult {
  const { task, trainImages, testImages, tested, seeds, epochs, curve, missed, coverage } = prediction;
  const [low, high] = coverage.interval.map((end) => formatShare(end, 0));
  const other = curve.kind === 'line' ? 'points' : 'line';
  return html`<p class="quiet">
      Up to ${plural(trainImages, 'image')} to train on, ${formatCount(testImages)} to test on (${tested});
      ${plural(seeds, 'training')} at each budget, ${plural(epochs, 'epoch')}.
    </p>
    <div class="figures">
      <bitbudget-figure .chart=${predictionFigure(prediction, frontier, allocation)}></bitbudget-figure>
    </div>
    <p data-testid="coverage">
      ${capital(coverageWords(coverage))}: a share of ${low} to ${high} (95 %, as they are few), where 90 % was meant.
      Predicted by ${curveTitles[curve.kind]}, which misses a left-out budget by ${formatPoints(missed[curve.kind])};
      ${curveTitles[other]} would miss it by ${formatPoints(missed[other])}.
    </p>
    ${pointTable(prediction, metricTitle(task))}`;
}

function pointTable(prediction: Prediction, metric: string): TemplateResult {
  const { points, original, task } = prediction;
  return html`<div
    class="scroll"
    tabindex="0"
    role="region"
    aria-label="${metricOf(task)} at the budgets that were trained at"
  >
    <table data-testid="prediction-points">
      <thead>
        <tr>
          <th scope="col" class="number">Copy</th>
          <th scope="col" class="number">${metric}, measured</th>
          <th scope="col" class="number">predicted</th>
          <th scope="col" class="number">90 % interval</th>
        </tr>
      </thead>
      <tbody>
        ${points.map((point) => {
          const { error, interval } = predictedAt(prediction, point);
          const [from, to] = interval.toReversed().map((end) => formatShare(1 - end));
          return html`<tr>
            <td class="number">${formatBytes(point.bytes)}</td>
            <td class="number">${formatShare(1 - point.error)}</td>
            <td class="number">${formatShare(1 - error)}</td>
            <td class="number">${from} to ${to}</td>
          </tr>`;
        })}
        <tr>
          <td class="number">${formatBytes(original.bytes)}, all originals</td>
          <td class="number">${formatShare(1 - original.error)}</td>
          <td></td>
          <td></td>
        </tr>
      </tbody>
    </table>
  </div>`;
}
