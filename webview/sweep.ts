/** Trainings over numbers of images × qualities, run when they are asked for, and the storage law that they tell. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { StageProgress } from '../src/protocol/analysis.ts';
import { cellBytes } from '../src/protocol/best-mix.ts';
import { formatBytes, formatCount, formatPoints, formatShare, missing, plural } from '../src/protocol/format.ts';
import type { LawFit } from '../src/protocol/law.ts';
import type { SweepCell, SweepReport } from '../src/protocol/sweep.ts';
import type { StudyQuality } from '../src/protocol/study.ts';
import type { Chart } from './charts/figure.ts';
import { lineChart } from './charts/line-chart.ts';
import { bestPairFigure } from './sweep/best-pair-figure.ts';
import { qualityName, sizesOf } from './sweep/cells.ts';
import { storageFigure } from './sweep/storage-figure.ts';
import { surfaceFigure } from './sweep/surface-figure.ts';
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
    errorBySize(cells),
  ];
  return html`<p class="quiet">
      Up to ${plural(trainImages, 'image')} to train on, ${formatCount(testImages)} to test on (${tested});
      ${plural(epochs, 'epoch')}, ${minutes.toFixed(1)}
      minutes.${left.hopeless + left.late > 0 ? ` ${plural(left.hopeless + left.late, 'training')} left out.` : ''}
      Bands and whiskers are 95 % intervals.
    </p>
    <div class="figures">${charts.map((chart) => html`<bitbudget-figure .chart=${chart}></bitbudget-figure>`)}</div>
    ${cellTable(cells)} ${law ? lawFindings(law) : html`<p>Too few cells were measured to tell a law.</p>`}
    ${optima ? optimaTable(optima) : nothing}`;
}

/** The lowest, a middling and the best quality. */
function errorBySize(cells: readonly SweepCell[]): Chart {
  const sizes = sizesOf(cells);
  const qualities = qualitiesOf(cells);
  const shown = qualities.filter((_, k) => k === 0 || k === qualities.length - 1 || k === qualities.length >> 1);
  const rows = shown
    .map((quality) => ({ quality, row: sizes.map((images) => cellAt(cells, images, quality)) }))
    // Lines need a value at every size.
    .filter(({ row }) => row.every((own) => own !== undefined));
  return lineChart({
    title: 'Test error by number of training images',
    reading: `From ${formatCount(sizes[0] ?? NaN)} to ${formatCount(sizes.at(-1) ?? NaN)} images the error falls by ${rows
      .map(
        ({ quality, row }) =>
          `${formatPoints((row[0]?.error ?? NaN) - (row.at(-1)?.error ?? NaN))} at ${qualityName(quality)}`,
      )
      .join(', ')}.`,
    ...{ x: 'training images', y: 'test error' },
    places: sizes.map(formatCount),
    lines: rows.map(({ quality, row }) => ({
      name: qualityName(quality),
      values: row.map((own) => own?.error ?? NaN),
      interval: row.map((own) => 1.96 * (own?.standardError ?? 0)),
    })),
    format: formatShare,
  });
}

function cellTable(cells: readonly SweepCell[]): TemplateResult {
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

const qualitiesOf = (cells: readonly SweepCell[]): StudyQuality[] => [...new Set(cells.map(({ quality }) => quality))];

const cellAt = (cells: readonly SweepCell[], images: number, quality: StudyQuality): SweepCell | undefined =>
  cells.find((one) => one.images === images && one.quality === quality);

function lawFindings({ trusted, heldOut, exponent }: LawFit): TemplateResult {
  return html`<p>
    At the best mix, what is above the floor falls as budget<sup>−${exponent.toFixed(2)}</sup>.
    ${
      heldOut
        ? `The law of the smaller sizes misses the largest by ${(100 * heldOut.miss).toFixed(1)} ± ${(100 * heldOut.standardError).toFixed(1)} points.`
        : ''
    }
    ${trusted ? '' : 'That is beyond two standard errors: do not rely on it between or beyond the measured cells.'}
  </p>`;
}

function optimaTable({ by, list }: NonNullable<SweepReport['optima']>): TemplateResult {
  return html`${by === 'surface' ? html`<p>So the best mixes are found between the measured cells:</p>` : nothing}
    <div class="scroll" tabindex="0" role="region" aria-label="Best mix by budget">
      <table data-testid="optima">
        <thead>
          <tr>
            <th scope="col">Budget</th>
            <th scope="col" class="number">Images</th>
            <th scope="col" class="number">Bytes each</th>
            <th scope="col" class="number">Expected test error, 95 % interval</th>
          </tr>
        </thead>
        <tbody>
          ${list.map(
            ({ budgetBytes, images, bytes, error, interval: [low, high] }) =>
              html`<tr>
                <th scope="row">${formatBytes(budgetBytes)}</th>
                <td class="number">${formatCount(images)}</td>
                <td class="number">${formatBytes(bytes)}</td>
                <td class="number">${formatShare(error)} (${formatShare(low)} to ${formatShare(high)})</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
