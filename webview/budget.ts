/** The budget: a slider, a field, and what a plan within it holds. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Allocation, Frontier } from '../src/protocol/frontier.ts';
import { formatBytes, formatCost, formatPrice, formatShare } from '../src/protocol/format.ts';
import { countedAs, type ByteModel } from '../src/protocol/byte-model.ts';
import { budgetInBytes, parseBudget } from '../src/protocol/budget.ts';
import { budgetRange, clampBudget } from './plan.ts';
import type { CostUnit } from '../src/protocol/prices.ts';
import { styled } from './styled.ts';
import { theme } from './theme.ts';

/** The slider's step, percent of the original bytes. */
const step = 0.5;

/** A new budget in bytes, within the frontier's range. */
export class BudgetEvent extends Event {
  readonly budgetBytes: number;

  constructor(budgetBytes: number) {
    super('budget');
    this.budgetBytes = budgetBytes;
  }
}

export class BudgetSlider extends LitElement {
  static override properties = {
    frontier: { attribute: false },
    allocation: { attribute: false },
    originalBytes: { attribute: false },
    unit: { attribute: false },
    byteModel: { attribute: false },
    budgetBytes: { attribute: false },
    typed: { state: true },
    remark: { state: true },
  };
  static override styles = [
    theme,
    css`
      .controls {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 76px;
        align-items: center;
        gap: 4px 12px;
        margin-top: 6px;
      }
      .ends,
      .remark {
        grid-column: 1 / -1;
      }
      .ends {
        display: flex;
        justify-content: space-between;
        font-size: 12px;
        font-variant-numeric: tabular-nums;
      }
      input[type='range'] {
        width: 100%;
        height: 22px;
        margin: 0;
        appearance: none;
        background: transparent;
        --accent: var(--vscode-button-background, var(--vscode-focusBorder));
        --track: var(--vscode-editorWidget-border, var(--vscode-contrastBorder));
      }
      input[type='range']::-webkit-slider-runnable-track {
        height: 4px;
        border-radius: 2px;
        background: linear-gradient(to right, var(--accent) var(--filled), var(--track) var(--filled));
      }
      input[type='range']::-webkit-slider-thumb {
        appearance: none;
        width: 14px;
        height: 14px;
        margin-top: -5px;
        border: 2px solid var(--vscode-editor-background);
        border-radius: 50%;
        background: var(--accent);
        box-shadow: none;
      }
      input[type='text'] {
        width: 100%;
        height: 26px;
        padding: 2px 6px;
        font: inherit;
        font-variant-numeric: tabular-nums;
        text-align: right;
        color: var(--vscode-input-foreground);
        background: var(--vscode-input-background);
        border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, transparent));
        border-radius: 2px;
      }
      input[type='text'][aria-invalid='true'] {
        border-color: var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground));
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(108px, 1fr));
        gap: 10px 20px;
        margin-top: 12px;
      }
      dl div {
        display: flex;
        flex-direction: column-reverse;
        justify-content: flex-end;
      }
      dd {
        font-size: 20px;
        font-weight: 400;
        line-height: 1.25;
        white-space: nowrap;
        font-variant-numeric: tabular-nums;
      }
      dt {
        font-size: 12px;
      }
      dl div:last-child {
        grid-column: 1 / -1;
      }
      .notes {
        margin-top: 8px;
      }
    `,
  ];

  declare frontier: Frontier;
  declare allocation: Allocation;
  declare originalBytes: number;
  declare unit: CostUnit;
  declare byteModel: ByteModel;
  declare budgetBytes: number;
  /** What stands in the field since it was last typed into; undefined once the slider has moved. */
  declare typed: string | undefined;
  declare remark: string | undefined;

  override render(): TemplateResult {
    const { budgetBytes, originalBytes } = this;
    const { smallest, largest } = budgetRange(this.frontier, originalBytes);
    const share = formatShare(budgetBytes / originalBytes);
    const filled = largest > smallest ? (100 * (budgetBytes - smallest)) / (largest - smallest) : 100;
    return html`<h2 id="title">Budget</h2>
      <div class="controls">
        <input
          type="range"
          data-testid="budget-slider"
          aria-labelledby="title"
          aria-valuetext="${share} of the original, ${formatBytes(budgetBytes)}"
          .min=${String(Math.floor((smallest / originalBytes) * (100 / step)) * step)}
          .max=${String(Math.ceil((largest / originalBytes) * (100 / step)) * step)}
          .step=${String(step)}
          .value=${live(String((budgetBytes / originalBytes) * 100))}
          ${styled({ '--filled': `${filled}%` })}
          @input=${this.#slide}
        />
        <input
          type="text"
          data-testid="budget-field"
          aria-label="Budget, a share or a size"
          aria-describedby="remark"
          aria-invalid=${this.remark ? 'true' : 'false'}
          spellcheck="false"
          title="A share of the original such as 40%, or a size such as 12 MB"
          .value=${live(this.typed ?? share)}
          @change=${this.#type}
        />
        <span class="ends quiet">
          <span title="The smallest possible copy">${formatBytes(smallest)}</span>
          <span>at most ${formatBytes(budgetBytes)}</span>
          <span title="The largest useful budget">${formatBytes(largest)}</span>
        </span>
        <span id="remark" class="remark error" aria-live="polite">${this.remark ?? nothing}</span>
      </div>
      ${this.#numbers()}`;
  }

  #numbers(): TemplateResult {
    const { bytes, weight, cost, lowerBound, pricePerByte } = this.allocation;
    const { originalBytes, budgetBytes, unit } = this;
    const gap = Math.max(0, cost - lowerBound);
    const spare = budgetBytes - weight;
    return html`<dl>
        ${number(`in the copy${this.byteModel === 'plain' ? '' : `,${countedAs(this.byteModel)}`}`, formatBytes(bytes), 'total-bytes')}
        ${number('of the original', formatShare(bytes / originalBytes), 'share')}
        ${number('saved', formatBytes(originalBytes - bytes), 'saved')}
        ${number(unit === 'error' ? 'expected rise of the test error (probes and sweep)' : 'expected loss increase (measured by probes)', formatCost(cost, unit), 'loss-increase')}
      </dl>
      <p class="notes quiet">
        <span data-testid="gap"
          >Proved ${gap > 0 ? `within ${formatCost(Math.ceil(gap * 1e4) / 1e4, unit)} of` : 'to be'} the best
          possible${weight > bytes ? ' at this worth of a second' : ''}.</span
        >
        ${pricePerByte > 0 ? html`<span data-testid="price">More budget would save ${formatPrice(pricePerByte, unit)}.</span>` : nothing}
        ${
          pricePerByte === 0 && spare > 0
            ? html`<span data-testid="spare"
                >Every file is at its best option; ${formatBytes(spare)} of the budget stay unspent.</span
              >`
            : nothing
        }
        ${weight > bytes ? html`<span data-testid="time">${formatBytes(weight - bytes)} of the budget are training time, not files.</span>` : nothing}
      </p>`;
  }

  readonly #slide = (event: Event): void => {
    const { valueAsNumber } = event.target as HTMLInputElement;
    this.typed = undefined;
    this.remark = undefined;
    this.#choose((valueAsNumber / 100) * this.originalBytes);
  };

  readonly #type = (event: Event): void => {
    this.typed = (event.target as HTMLInputElement).value;
    const budget = parseBudget(this.typed);
    if (budget === undefined) {
      this.remark = 'Write a share such as 40% or a size such as 12 MB.';
      return;
    }
    const wanted = budgetInBytes(budget, this.originalBytes);
    const { smallest, largest } = budgetRange(this.frontier, this.originalBytes);
    const below = wanted < smallest;
    this.remark = below ? `The smallest possible copy takes ${formatBytes(smallest)}.` : undefined;
    if (below || wanted > largest) this.typed = undefined;
    this.#choose(wanted);
  };

  #choose(wanted: number): void {
    this.dispatchEvent(new BudgetEvent(clampBudget(wanted, budgetRange(this.frontier, this.originalBytes))));
  }
}

function number(term: string, value: string, testid: string): TemplateResult {
  return html`<div>
    <dt class="quiet">${term}</dt>
    <dd data-testid=${testid}>${value}</dd>
  </div>`;
}
