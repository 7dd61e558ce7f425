/** Which dataset this is, how it was read, and what in it could not be treated like the rest. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { AnalysisSummary, Problem, ProblemCode, Split } from '../src/protocol/analysis.ts';
import { duplicatesInWords } from '../src/protocol/duplicates.ts';
import { formatBytes, formatCount, plural } from '../src/protocol/format.ts';
import { theme } from './theme.ts';

const splitNames: Readonly<Record<Split, string>> = { train: 'train', val: 'validation', test: 'test' };
const problemNames: Readonly<Record<ProblemCode, string>> = {
  unreadable: 'unreadable',
  'kept-as-is': 'kept as is',
  skipped: 'skipped',
  unlabelled: 'no label',
  unmatched: 'matches nothing',
  leak: 'leak',
  'label-conflict': 'label conflict',
};

export class DatasetHeading extends LitElement {
  static override properties = { folder: { attribute: false }, summary: { attribute: false } };
  static override styles = [
    theme,
    css`
      h1 {
        font-size: 18px;
        font-weight: 400;
        overflow-wrap: anywhere;
      }
      p {
        max-width: 90ch;
      }
      .details {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 20px;
        margin-top: 6px;
      }
      details[open] {
        flex-basis: 100%;
      }
      .details ul,
      .details p {
        margin: 4px 0 8px 14px;
      }
      ul {
        max-height: 168px;
        overflow: auto;
      }
      li {
        overflow-wrap: anywhere;
      }
      code {
        font-family: var(--vscode-editor-font-family, monospace);
        font-size: 12px;
        color: inherit;
      }
    `,
  ];

  declare folder: string;
  declare summary: AnalysisSummary | undefined;

  override render(): TemplateResult {
    const name = this.folder.split(/[\\/]/).findLast((part) => part !== '') ?? this.folder;
    return html`<h1 title=${this.folder}>${name}</h1>
      ${this.summary ? this.#facts(this.summary) : nothing}`;
  }

  #facts({ dataset, duplicates }: AnalysisSummary): TemplateResult {
    const splits = (['train', 'val', 'test'] as const)
      .filter((split) => dataset.samplesBySplit[split] > 0)
      .map((split) => `${splitNames[split]} ${formatCount(dataset.samplesBySplit[split])}`);
    const facts = [
      plural(dataset.samples, 'sample'),
      plural(dataset.classes.length, 'class', 'classes'),
      splits.join(', '),
      formatBytes(dataset.bytes + dataset.otherBytes),
    ];
    return html`<p>${sentence(dataset.layout)}</p>
      <p class="quiet">${facts.filter((fact) => fact !== '').join(' · ')}</p>
      ${duplicates ? html`<p class="quiet" data-testid="duplicates">${sentence(duplicatesInWords(duplicates))}</p>` : nothing}
      <div class="details">
        ${
          dataset.problems.total > 0
            ? html`<details data-testid="problems">
                <summary>${plural(dataset.problems.total, 'problem')}</summary>
                ${problemList(dataset.problems.first, dataset.problems.total)}
              </details>`
            : html`<span class="quiet">No problems</span>`
        }
      </div>`;
  }
}

function problemList(first: readonly Problem[], total: number): TemplateResult {
  // Focusable, so that the keyboard reaches what lies below the fold.
  return html`<ul tabindex="0" aria-label="Problems">
    ${first.map(
      ({ path, code, reason }) =>
        html`<li><code>${path}</code> <span class="quiet">${problemNames[code]}: ${reason}</span></li>`,
    )}
    ${total > first.length ? html`<li class="quiet">and ${formatCount(total - first.length)} more</li>` : nothing}
  </ul>`;
}

function sentence(words: string): string {
  const first = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
