/** Trainings over numbers of images × qualities, run when they are asked for, and the storage law that they tell. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { StageProgress } from '../src/protocol/analysis.ts';
import { formatBytes, formatCount, formatShare, plural } from '../src/protocol/format.ts';
import type { LawFit } from '../src/protocol/law.ts';
import type { SweepReport } from '../src/protocol/sweep.ts';
import type { StudyQuality } from '../src/protocol/study.ts';
import { lineChart } from './line-chart.ts';
import { charts, tables, theme } from './theme.ts';

/** What the sweep asks of the host. */
export interface SweepSource {
  sweep(): Promise<SweepReport>;
  cancel(): void;
}

const title = (quality: StudyQuality) => (quality === 'original' ? 'originals' : `q ${quality}`);

export class SweepView extends LitElement {
  static override properties = {
    source: { attribute: false },
    progress: { attribute: false },
    report: { state: true },
    running: { state: true },
    failure: { state: true },
  };
  static override styles = [
    theme,
    tables,
    charts,
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
      ${this.report ? findings(this.report) : nothing}
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
      this.report = await this.source.sweep();
    } catch (error) {
      this.failure = `The sweep did not finish: ${error instanceof Error ? error.message : String(error)}. Finished trainings are kept.`;
    } finally {
      this.running = false;
    }
  };
}

function findings({
  cells,
  law,
  optima,
  trainImages,
  testImages,
  tested,
  epochs,
  left,
  minutes,
}: SweepReport): TemplateResult {
  const sizes = [...new Set(cells.map(({ images }) => images))].sort((a, b) => a - b);
  const qualities = [...new Set(cells.map(({ quality }) => quality))];
  const cell = (images: number, quality: StudyQuality) =>
    cells.find((one) => one.images === images && one.quality === quality);
  const shown = qualities.filter((_, k) => k === 0 || k === qualities.length - 1 || k === qualities.length >> 1);
  // Lines need a value at every size.
  const whole = shown.filter((quality) => sizes.every((images) => cell(images, quality)));
  return html`<p class="quiet">
      Up to ${plural(trainImages, 'image')} to train on, ${formatCount(testImages)} to test on (${tested});
      ${plural(epochs, 'epoch')}, ${minutes.toFixed(1)}
      minutes.${left.hopeless + left.late > 0 ? ` ${plural(left.hopeless + left.late, 'training')} left out.` : ''}
    </p>
    ${lineChart({
      title: 'Test error by number of training images',
      places: sizes.map(formatCount),
      lines: whole.map((quality) => ({
        name: title(quality),
        values: sizes.map((images) => cell(images, quality)?.error ?? NaN),
        interval: sizes.map((images) => 1.96 * (cell(images, quality)?.standardError ?? 0)),
      })),
      format: (value) => formatShare(value, 0),
    })}
    <div class="scroll" tabindex="0" role="region" aria-label="Test error by images and quality">
      <table data-testid="sweep-cells">
        <thead>
          <tr>
            <th scope="col">Test error (bytes)</th>
            ${qualities.map((quality) => html`<th scope="col" class="number">${title(quality)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${sizes.map(
            (images) =>
              html`<tr>
                <th scope="row">${plural(images, 'image')}</th>
                ${qualities.map((quality) => {
                  const own = cell(images, quality);
                  return html`<td class="number">
                    ${own ? html`${formatShare(own.error)} <span class="quiet">${formatBytes(images * own.bytes)}</span>` : '–'}
                  </td>`;
                })}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${law ? lawFindings(law) : html`<p>Too few cells were measured to tell a law.</p>`}
    ${optima ? optimaTable(optima) : nothing}`;
}

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
