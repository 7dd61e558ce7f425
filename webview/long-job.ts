/** A section whose findings take long: a button that starts the work, its progress, and why it failed. */
import {
  css,
  html,
  LitElement,
  nothing,
  type CSSResultGroup,
  type PropertyDeclarations,
  type TemplateResult,
} from 'lit';
import type { StageProgress } from '../src/protocol/analysis.ts';
import { formatShare, formatTimeLeft } from '../src/protocol/format.ts';
import { figures, tables, theme } from './theme.ts';

export abstract class LongJob extends LitElement {
  static override properties: PropertyDeclarations = {
    source: { attribute: false },
    progress: { attribute: false },
    running: { state: true },
    failure: { state: true },
  };
  static override styles: CSSResultGroup = [
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

  /** Asks the host. */
  declare source: { cancel(): void };
  declare progress: StageProgress | undefined;
  declare running: boolean;
  declare failure: string | undefined;

  constructor() {
    super();
    this.running = false;
  }

  /** How far it is, or why it failed. */
  protected state(name: string): TemplateResult {
    const { done = 0, total = 0, note = '', secondsLeft } = this.progress ?? {};
    const waiting = html`<p role="status">
        ${total > 0 ? formatShare(done / total, 0) : 'Starting'}${note === '' ? '' : `: ${note}`}${secondsLeft === undefined ? '' : `, ${formatTimeLeft(secondsLeft)}`}
      </p>
      <progress max=${Math.max(1, total)} value=${done} aria-label=${name}></progress>
      <vscode-button
        appearance="secondary"
        @click=${() => {
          this.source.cancel();
        }}
        >Cancel</vscode-button
      >`;
    return html`${this.running ? waiting : nothing}
    ${this.failure === undefined ? nothing : html`<p class="error" role="alert">${this.failure}</p>`}`;
  }

  protected startButton(label: string, testId: string, start: () => void): TemplateResult {
    return html`<vscode-button appearance="secondary" data-testid=${testId} @click=${start}>${label}</vscode-button>`;
  }

  /** Runs work; `name` says in its failure what did not finish. */
  protected async run(name: string, work: () => Promise<void>): Promise<void> {
    this.running = true;
    this.failure = undefined;
    try {
      await work();
    } catch (error) {
      this.failure = `The ${name} did not finish: ${error instanceof Error ? error.message : String(error)}. Finished trainings are kept.`;
    } finally {
      this.running = false;
    }
  }
}
