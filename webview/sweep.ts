/** Trainings over numbers of images × qualities, run when they are asked for, and the storage law that they tell. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { StageProgress } from '../src/protocol/analysis.ts';
import { formatCount, formatShare, plural } from '../src/protocol/format.ts';
import type { SweepReport } from '../src/protocol/sweep.ts';
import { bestPairFigure } from './sweep/best-pair-figure.ts';
import { sizeFigure } from './sweep/size-figure.ts';
import { storageFigure } from './sweep/storage-figure.ts';
import { surfaceFigure } from './sweep/surface-figure.ts';
import { cellTable, lawFindings, optimaTable, timeFindings } from './sweep/tables.ts';
import { figures, tables, theme } from './theme.ts';

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

export class SweepView extends LitElement {
  static override properties = {
    source: { attribute: false },
    progress: { attribute: false },
    report: { attribute: false },
    trainBytes: { attribute: false },
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

  declare source: SweepSource;
  declare progress: StageProgress | undefined;
  declare report: SweepReport | undefined;
  /** What the slider's budget leaves to training images. */
  declare trainBytes: number;
  declare running: boolean;
  declare failure: string | undefined;

  constructor() {
    super();
    this.running = false;
  }

  override render(): TemplateResult {
    return html`<details data-testid="sweep">
      <summary><h2>Sweep: fewer images or coarser ones?</h2></summary>
      <p>
        Trains networks on growing numbers of images at several qualities and fits how the test error falls with images
        and bytes. That tells the best mix for any budget.
      </p>
      ${this.running ? this.#waiting() : nothing}
      ${this.failure === undefined ? nothing : html`<p class="error" role="alert">${this.failure}</p>`}
      ${this.report ? findings(this.report, this.trainBytes) : nothing}
      ${
        this.running || this.report
          ? nothing
          : html`<vscode-button appearance="secondary" data-testid="run-sweep" @click=${this.#run}
              >Run the sweep</vscode-button
            >`
      }
    </details>`;
  }

  #waiting(): TemplateResult {
    const { done = 0, total = 0, note = '' } = this.progress ?? {};
    return html`<p role="status">${total > 0 ? `${formatShare(done / total, 0)}: ${note}` : 'Starting'}</p>
      <progress max=${Math.max(1, total)} value=${done} aria-label="Sweep"></progress>
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
      this.dispatchEvent(new SweepEvent(await this.source.sweep()));
    } catch (error) {
      this.failure = `The sweep did not finish: ${error instanceof Error ? error.message : String(error)}. Finished trainings are kept.`;
    } finally {
      this.running = false;
    }
  };
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
