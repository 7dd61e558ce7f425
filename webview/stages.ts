/** The running analysis: its stages, counted. */
import { css, html, LitElement, nothing, svg, type TemplateResult } from 'lit';
import type { StageName, StageProgress } from '../src/protocol/analysis.ts';
import { formatCount, formatTimeLeft } from '../src/protocol/format.ts';
import { theme } from './theme.ts';

const stages: readonly { stage: StageName; title: string }[] = [
  { stage: 'scan', title: 'Scan files' },
  { stage: 'rate', title: 'Measure bytes' },
  { stage: 'duplicates', title: 'Find duplicates' },
  { stage: 'views', title: 'Prepare views' },
  { stage: 'probe', title: 'Train probes' },
  { stage: 'allocate', title: 'Allocate' },
];

const tick = html`<svg class="icon" viewBox="0 0 16 16" role="img" aria-label="Finished">
  ${svg`<path d="M3 8.5 6.5 12 13 4.5" fill="none" stroke="currentColor" stroke-width="1.5" />`}
</svg>`;
const circle = html`<svg class="icon quiet" viewBox="0 0 16 16" role="img" aria-label="Waiting">
  ${svg`<circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" />`}
</svg>`;
const ring = html`<vscode-progress-ring class="icon" aria-label="Running"></vscode-progress-ring>`;

/** "3,120 of 10,000 images · fold 2 of 3". */
export function countedProgress({ done, total, unit, note, secondsLeft }: StageProgress): string {
  const counted = total > 0 ? `${formatCount(done)} of ${formatCount(total)} ${unit}` : `${formatCount(done)} ${unit}`;
  const left = secondsLeft === undefined ? undefined : formatTimeLeft(secondsLeft);
  return [counted, note, left].filter((words) => words !== undefined).join(' · ');
}

/** The stages with one replaced, or added where it is new. */
export function withProgress(progress: readonly StageProgress[], changed: StageProgress): StageProgress[] {
  const others = progress.filter(({ stage }) => stage !== changed.stage);
  return [...others, changed];
}

export class StageList extends LitElement {
  static override properties = { progress: { attribute: false } };
  static override styles = [
    theme,
    css`
      li {
        display: grid;
        grid-template-columns: 16px minmax(0, 1fr) auto;
        align-items: center;
        gap: 4px 10px;
        padding: 8px 0;
      }
      .icon {
        width: 16px;
        height: 16px;
      }
      .finished .icon {
        color: var(--vscode-testing-iconPassed, var(--vscode-charts-green, currentColor));
      }
      .count {
        font-variant-numeric: tabular-nums;
        text-align: right;
      }
      progress {
        grid-column: 2 / -1;
      }
      @media (max-width: 480px) {
        .count {
          grid-column: 2;
          grid-row: 2;
          text-align: left;
        }
      }
    `,
  ];

  declare progress: readonly StageProgress[];

  override render(): TemplateResult {
    const begun = stages.map(({ stage }) => this.progress.find((progress) => progress.stage === stage));
    const last = begun.findLastIndex((progress) => progress !== undefined);
    return html`<ul>
      ${stages.map(({ stage, title }, index) => {
        const progress = begun[index];
        const counted = progress !== undefined && progress.total > 0 && progress.done >= progress.total;
        const finished = index < last || counted;
        return html`<li
          class=${finished ? 'finished' : ''}
          data-testid="stage-${stage}"
          data-status=${finished ? 'finished' : progress ? 'running' : 'waiting'}
        >
          ${finished ? tick : progress ? ring : circle}
          <span class=${progress || finished ? '' : 'quiet'}>${title}</span>
          <span class="count quiet">${progress ? countedProgress(progress) : nothing}</span>
          ${bar(title, finished, progress)}
        </li>`;
      })}
    </ul>`;
  }
}

function bar(title: string, finished: boolean, progress: StageProgress | undefined): TemplateResult {
  const share = finished ? 1 : progress && progress.total > 0 ? progress.done / progress.total : 0;
  return html`<progress max="1" .value=${share} aria-label=${title}></progress>`;
}
