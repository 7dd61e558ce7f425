/** The storage law of a table of trainings that the user has. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { formatBytes, formatCount, formatShare } from '../src/protocol/format.ts';
import type { TableLaw } from '../src/protocol/panel.ts';
import { lawFindings } from './sweep/tables.ts';
import { tables, theme } from './theme.ts';

/** Asks for the file and fits it; null when the user chose none. */
export type FitTable = (budgetBytes: number) => Promise<TableLaw | null>;

export class TableLawView extends LitElement {
  static override properties = {
    fit: { attribute: false },
    trainBytes: { attribute: false },
    found: { state: true },
    failure: { state: true },
  };
  static override styles = [
    theme,
    tables,
    css`
      details > * + * {
        margin-top: 12px;
      }
      p {
        max-width: 90ch;
      }
    `,
  ];

  declare fit: FitTable;
  /** What the slider's budget leaves to training images. */
  declare trainBytes: number;
  declare found: TableLaw | undefined;
  declare failure: string | undefined;

  override render(): TemplateResult {
    const { found, failure } = this;
    return html`<details data-testid="table-law">
      <summary><h2>Law of a table: trainings that you have</h2></summary>
      <p>
        Fits the storage law to a CSV file with the columns n (training images), bytes (of an image, mean) and error
        (test error, 0 to 1); a column se may give its standard error.
      </p>
      ${failure === undefined ? nothing : html`<p class="error" role="alert">${failure}</p>`}
      ${found ? this.#findings(found) : nothing}
      <vscode-button appearance="secondary" data-testid="fit-table" @click=${this.#ask}>Fit a table…</vscode-button>
    </details>`;
  }

  #findings({ file, fit }: TableLaw): TemplateResult {
    const [best] = fit.optima;
    return html`<h3>${file}</h3>
      ${lawFindings(fit)}
      ${
        best
          ? html`<p>
              With ${formatBytes(best.budgetBytes)} for training images it expects the least error of
              ${formatCount(best.images)} images of ${formatBytes(best.bytes)}: ${formatShare(best.error)}
              (${best.interval.map((end) => formatShare(end)).join(' to ')}).
            </p>`
          : nothing
      }`;
  }

  readonly #ask = async (): Promise<void> => {
    this.failure = undefined;
    try {
      this.found = (await this.fit(this.trainBytes)) ?? this.found;
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  };
}
