/** A chart with its title and reading, which can be copied as a picture, a drawing or a table. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { theme } from '../theme.ts';
import { csvOf, type Table } from './csv.ts';
import type { Drawing } from './frame.ts';
import { pictureOf, standaloneSvg } from './standalone.ts';
import { chartStyles } from './styles.ts';

export interface Chart {
  readonly title: string;
  /** What it says, in a sentence. */
  readonly reading?: string | undefined;
  readonly draw: (width: number) => Drawing;
  readonly table: () => Table;
}

type Format = 'PNG' | 'SVG' | 'CSV';

const formats: readonly Format[] = ['PNG', 'SVG', 'CSV'];
/** Dots a pixel of a copied picture. */
const pictureScale = 2;
const [narrowest, widest] = [240, 640];

export class FigureView extends LitElement {
  static override properties = {
    chart: { attribute: false },
    width: { state: true },
    outcome: { state: true },
  };
  static override styles = [
    theme,
    chartStyles,
    css`
      figure {
        margin: 0;
        max-width: ${widest}px;
      }
      .title {
        margin-bottom: 8px;
        font-weight: 600;
      }
      .copy {
        display: flex;
        flex-wrap: wrap;
        gap: 0 6px;
        font-size: 12px;
      }
      button {
        padding: 0;
        border: 0;
        font: inherit;
        color: var(--vscode-textLink-foreground, var(--vscode-foreground));
        background: none;
        cursor: pointer;
      }
      button:hover {
        text-decoration: underline;
      }
      svg {
        display: block;
        max-width: 100%;
        background: var(--vscode-editor-background);
      }
      figcaption {
        margin: 4px 0;
        font-size: 12px;
      }
    `,
  ];

  declare chart: Chart;
  declare width: number;
  /** How the last copying ended. */
  declare outcome: { readonly words: string; readonly failed: boolean } | undefined;

  #frame = 0;
  readonly #watch = new ResizeObserver(([entry]) => {
    const width = Math.min(widest, Math.floor(entry?.contentRect.width ?? 0));
    // Drawn in the next frame: a drawing changes the height that is being watched.
    cancelAnimationFrame(this.#frame);
    if (width > 0)
      this.#frame = requestAnimationFrame(() => {
        this.width = Math.max(narrowest, width);
      });
  });

  constructor() {
    super();
    this.width = widest;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#watch.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watch.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  override render(): TemplateResult {
    const { chart, width, outcome } = this;
    const { height, content } = chart.draw(width);
    return html`<figure>
      <p class="title">${chart.title}</p>
      <svg viewBox="0 0 ${width} ${height}" width=${width} height=${height} role="img" aria-label=${chart.title}>
        ${content}
      </svg>
      ${chart.reading === undefined ? nothing : html`<figcaption>${chart.reading}</figcaption>`}
      <div class="copy quiet" role="group" aria-label="Copy: ${chart.title}">
        <span>Copy as</span>
        ${formats.map(
          (format, k) =>
            html`${k > 0 ? html`<span aria-hidden="true">·</span>` : nothing}<button
                type="button"
                aria-label="Copy as ${format}: ${chart.title}"
                @click=${() => {
                  void this.#copy(format);
                }}
              >
                ${format}
              </button>`,
        )}
        <span class=${outcome?.failed ? 'error' : ''} role="status">${outcome?.words ?? nothing}</span>
      </div>
    </figure>`;
  }

  async #copy(format: Format): Promise<void> {
    try {
      await this.#write(format);
      this.outcome = { words: `Copied as ${format}.`, failed: false };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const instead = format === 'PNG' ? ' Copy as SVG instead.' : '';
      this.outcome = { words: `Not copied as ${format}: ${why}.${instead}`, failed: true };
    }
  }

  async #write(format: Format): Promise<void> {
    // Not there where a page is not secure, whatever the types say.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    if (!clipboard) throw new Error('this window has no clipboard');
    if (format === 'CSV') return clipboard.writeText(csvOf(this.chart.table()));
    const drawing = this.renderRoot.querySelector('svg');
    if (!drawing) throw new Error('nothing is drawn yet');
    const source = standaloneSvg(drawing, this.chart.title);
    if (format === 'SVG') return clipboard.writeText(source);
    return clipboard.write([new ClipboardItem({ 'image/png': pictureOf(source, pictureScale) })]);
  }
}
