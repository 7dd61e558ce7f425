/** How many files get which quality: one stacked bar and its legend. */
import { css, html, LitElement, type TemplateResult } from 'lit';
import { qualitiesOf, type Coding, type Encoding } from '../src/protocol/encoding.ts';
import type { Allocation } from '../src/protocol/frontier.ts';
import { formatCount, formatShare } from '../src/protocol/format.ts';
import { countOptions, optionName } from './plan.ts';
import { styled } from './styled.ts';
import { theme } from './theme.ts';

interface Part {
  readonly name: string;
  readonly count: number;
  readonly share: number;
  readonly kind: 'drop' | 'quality' | 'original';
  readonly coding: Coding | undefined;
  /** Share of the coding's colour in the fill, percent; the rest is the editor's background. */
  readonly depth: number;
}

export class QualityMix extends LitElement {
  static override properties = { allocation: { attribute: false }, encodings: { attribute: false } };
  static override styles = [
    theme,
    css`
      .bar {
        display: flex;
        gap: 1px;
        height: 22px;
        margin-top: 6px;
        border: 1px solid var(--vscode-contrastBorder, transparent);
      }
      .bar > span {
        flex: 0 1 0;
        min-width: 0;
      }
      .fill {
        --colour: var(--vscode-charts-blue, var(--vscode-foreground));
        background: color-mix(in oklab, var(--colour) var(--depth), var(--vscode-editor-background));
      }
      .fill.full-colour {
        --colour: var(--vscode-charts-green, var(--vscode-foreground));
      }
      .fill.webp {
        --colour: var(--vscode-charts-purple, var(--vscode-foreground));
      }
      .swatch.fill {
        outline: 1px solid var(--colour);
        outline-offset: -1px;
      }
      .original {
        background: var(--vscode-foreground);
      }
      .drop {
        background: repeating-linear-gradient(135deg, var(--vscode-descriptionForeground) 0 1px, transparent 1px 4px);
        outline: 1px solid var(--vscode-descriptionForeground);
        outline-offset: -1px;
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(168px, 1fr));
        gap: 2px 24px;
        margin-top: 8px;
      }
      li {
        display: grid;
        grid-template-columns: 10px minmax(0, 1fr) auto 6ch;
        align-items: center;
        gap: 6px;
        font-size: 12px;
      }
      .swatch {
        width: 10px;
        height: 10px;
      }
      .none {
        color: var(--vscode-descriptionForeground);
      }
    `,
  ];

  declare allocation: Allocation;
  declare encodings: readonly Encoding[];

  override render(): TemplateResult {
    const parts = this.#parts();
    const shown = parts.filter(({ count }) => count > 0);
    const summary = shown.map(({ name, share }) => `${name} ${formatShare(share)}`).join(', ');
    return html`<h2>Mix of qualities</h2>
      <div class="bar" data-testid="mix" role="img" aria-label="Mix of qualities: ${summary}">
        ${shown.map(
          (part) =>
            html`<span
              class=${swatch(part)}
              ${styled({ '--depth': `${part.depth}%`, 'flex-grow': String(part.count) })}
              title="${part.name}: ${formatCount(part.count)} files, ${formatShare(part.share)}"
            ></span>`,
        )}
      </div>
      <ul aria-label="Files by quality">
        ${parts.map(
          (part) =>
            html`<li class=${part.count === 0 ? 'none' : ''}>
              <span class="swatch ${swatch(part)}" ${styled({ '--depth': `${part.depth}%` })}></span>
              <span>${part.name}</span>
              <span class="number">${formatCount(part.count)}</span>
              <span class="number quiet">${formatShare(part.share)}</span>
            </li>`,
        )}
      </ul>`;
  }

  #parts(): Part[] {
    const { option } = this.allocation;
    const options = this.encodings.length + 2;
    const qualities = qualitiesOf(this.encodings).length;
    return Array.from(countOptions(option, options), (count, o) => ({
      name: o === 0 ? 'dropped' : optionName(o, this.encodings),
      count,
      share: option.length > 0 ? count / option.length : 0,
      kind: o === 0 ? 'drop' : o === options - 1 ? 'original' : 'quality',
      coding: this.encodings[o - 1]?.coding,
      depth: 30 + (70 * ((o - 1) % qualities)) / Math.max(1, qualities - 1),
    }));
  }
}

const fills: Readonly<Record<Coding, string>> = { '4:2:0': 'fill', '4:4:4': 'fill full-colour', webp: 'fill webp' };

function swatch({ kind, coding }: Part): string {
  return coding === undefined ? kind : fills[coding];
}
