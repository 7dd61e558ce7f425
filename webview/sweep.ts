/** Trainings over numbers of images × qualities, run when they are asked for, and the storage law that they tell. */
import { html, nothing, type TemplateResult } from 'lit';
import { formatCount, plural } from '../src/protocol/format.ts';
import type { SweepReport } from '../src/protocol/sweep.ts';
import { LongJob } from './long-job.ts';
import { bestPairFigure } from './sweep/best-pair-figure.ts';
import { sizeFigure } from './sweep/size-figure.ts';
import { storageFigure } from './sweep/storage-figure.ts';
import { surfaceFigure } from './sweep/surface-figure.ts';
import { cellTable, lawFindings, optimaTable, timeFindings } from './sweep/tables.ts';

/** What the sweep asks of the host. */
export interface SweepSource {
  sweep(): Promise<SweepReport>;
  cancel(): void;
}

/** A finished sweep. */
export class SweepEvent extends Event {
  readonly report: SweepReport;

  constructor(report: SweepReport) {
    super('sweep');
    this.report = report;
  }
}

export class SweepView extends LongJob {
  static override properties = { report: { attribute: false }, trainBytes: { attribute: false } };

  declare source: SweepSource;
  declare report: SweepReport | undefined;
  /** What the slider's budget leaves to training images. */
  declare trainBytes: number;

  override render(): TemplateResult {
    return html`<details data-testid="sweep">
      <summary><h2>Sweep: fewer images or coarser ones?</h2></summary>
      <p>
        Trains networks on growing numbers of images at several qualities and fits how the test error falls with images
        and bytes. That tells the best mix for any budget.
      </p>
      ${this.state('Sweep')} ${this.report ? findings(this.report, this.trainBytes) : nothing}
      ${this.running || this.report ? nothing : this.startButton('Run the sweep', 'run-sweep', this.#start)}
    </details>`;
  }

  readonly #start = () =>
    void this.run('sweep', async () => {
      this.dispatchEvent(new SweepEvent(await this.source.sweep()));
    });
}

function findings(report: SweepReport, trainBytes: number): TemplateResult {
  const { cells, law, optima, trainImages, testImages, tested, epochs, left, minutes } = report;
  const charts = [
    storageFigure(report),
    bestPairFigure(report, trainBytes),
    ...(optima ? [surfaceFigure(report, optima, trainBytes)] : []),
    sizeFigure(cells),
  ];
  return html`<p class="quiet">
      Up to ${plural(trainImages, 'image')} to train on, ${formatCount(testImages)} to test on (${tested});
      ${plural(epochs, 'epoch')}, ${minutes.toFixed(1)}
      minutes.${left.hopeless + left.late > 0 ? ` ${plural(left.hopeless + left.late, 'training')} left out.` : ''}
      Bands and whiskers are 95 % intervals.
    </p>
    <div class="figures">${charts.map((chart) => html`<bitbudget-figure .chart=${chart}></bitbudget-figure>`)}</div>
    ${cellTable(cells)} ${law ? lawFindings(law) : html`<p>Too few cells were measured to tell a law.</p>`}
    ${optima ? optimaTable(optima) : nothing} ${timeFindings(report)}`;
}
