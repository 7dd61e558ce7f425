/** Writes the compressed copy, by the policy that is chosen here, and says how it went. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { StageProgress } from '../src/protocol/analysis.ts';
import { policyNames, policyTitles, usualPolicy, type PolicyName } from '../src/protocol/policy.ts';
import { countedProgress } from './stages.ts';
import { theme } from './theme.ts';

/** The wish for a copy by a policy. */
export class WriteEvent extends Event {
  readonly policy: PolicyName;

  constructor(policy: PolicyName) {
    super('write');
    this.policy = policy;
  }
}

export class CopyWriter extends LitElement {
  static override properties = {
    writing: { attribute: false },
    progress: { attribute: false },
    outcome: { attribute: false },
    failed: { attribute: false },
    policy: { state: true },
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
      select {
        height: 26px;
        padding: 2px 4px;
        font: inherit;
        color: var(--vscode-dropdown-foreground, var(--vscode-foreground));
        background: var(--vscode-dropdown-background, var(--vscode-input-background));
        border: 1px solid var(--vscode-dropdown-border, var(--vscode-contrastBorder, transparent));
        border-radius: 2px;
      }
      .rule {
        flex: 1 1 100%;
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
  declare policy: PolicyName;

  constructor() {
    super();
    this.policy = usualPolicy.name;
  }

  override render(): TemplateResult {
    return html`<vscode-button data-testid="write-copy" ?disabled=${this.writing} @click=${this.#write}>
        Write compressed copy…
      </vscode-button>
      <label>
        Policy
        <select data-testid="policy" ?disabled=${this.writing} @change=${this.#choose}>
          ${policyNames.map((name) => html`<option value=${name} ?selected=${name === this.policy}>${name}</option>`)}
        </select>
      </label>
      ${
        this.policy === usualPolicy.name
          ? nothing
          : html`<p class="rule quiet" data-testid="policy-rule">
              The copy is made by another rule at this budget: ${policyTitles[this.policy]}. What is shown here stays
              the plan by sensitivities.
            </p>`
      }
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
      <vscode-button appearance="secondary" data-testid="cancel-write" @click=${this.#cancel}>Cancel</vscode-button>`;
  }

  readonly #choose = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    this.policy = policyNames.find((name) => name === value) ?? usualPolicy.name;
  };

  readonly #write = (): void => {
    this.dispatchEvent(new WriteEvent(this.policy));
  };

  readonly #cancel = (): void => {
    this.dispatchEvent(new Event('cancel'));
  };
}
