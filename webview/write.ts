/** Writes the compressed copy and says how it went. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { StageProgress } from '../src/protocol/analysis.ts';
import { countedProgress } from './stages.ts';
import { theme } from './theme.ts';

export class CopyWriter extends LitElement {
  static override properties = {
    writing: { attribute: false },
    progress: { attribute: false },
    outcome: { attribute: false },
    failed: { attribute: false },
  };
  static override styles = [
    theme,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 12px;
      }
      .progress {
        flex: 1 1 160px;
        font-variant-numeric: tabular-nums;
      }
      progress {
        margin-top: 4px;
      }
      .outcome {
        flex: 1 1 100%;
        overflow-wrap: anywhere;
      }
      .outcome:empty {
        display: none;
      }
    `,
  ];

  declare writing: boolean;
  declare progress: StageProgress | undefined;
  declare outcome: string;
  declare failed: boolean;

  override render(): TemplateResult {
    return html`<vscode-button data-testid="write-copy" ?disabled=${this.writing} @click=${this.#send('write')}>
        Write compressed copy…
      </vscode-button>
      ${this.writing ? this.#running() : nothing}
      <p class="outcome ${this.failed ? 'error' : ''}" data-testid="outcome" aria-live="polite">${this.outcome}</p>`;
  }

  #running(): TemplateResult {
    const { progress } = this;
    if (!progress) return html`<span class="progress quiet">Waiting for a folder…</span>`;
    const share = progress.total > 0 ? progress.done / progress.total : 0;
    return html`<span class="progress quiet" data-testid="stage-write">
        ${countedProgress(progress)}
        <progress max="1" .value=${share} aria-label="Writing the copy"></progress>
      </span>
      <vscode-button appearance="secondary" data-testid="cancel-write" @click=${this.#send('cancel')}
        >Cancel</vscode-button
      >`;
  }

  #send(type: 'write' | 'cancel'): () => void {
    return () => {
      this.dispatchEvent(new Event(type));
    };
  }
}
