/** Styles that every component shares; all colours are the editor's. */
import { css } from 'lit';

export const theme = css`
  :host {
    display: block;
    box-sizing: border-box;
    color: var(--vscode-foreground);
    font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size, 13px);
    line-height: 1.4;
    scrollbar-color: var(--vscode-scrollbarSlider-background) transparent;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  p,
  ul,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  ul {
    list-style: none;
  }
  h2 {
    font-size: 11px;
    font-weight: 600;
    letter-spacing: 0.04em;
    text-transform: uppercase;
    color: var(--vscode-descriptionForeground);
  }
  .number {
    font-variant-numeric: tabular-nums;
    text-align: right;
    white-space: nowrap;
  }
  .quiet {
    color: var(--vscode-descriptionForeground);
  }
  .error {
    color: var(--vscode-errorForeground);
  }
  :focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: 1px;
  }
  summary {
    cursor: pointer;
    width: fit-content;
  }
  summary h2 {
    display: inline;
  }
  progress {
    appearance: none;
    display: block;
    width: 100%;
    height: 2px;
    border: 0;
    background: var(--vscode-editorWidget-border, var(--vscode-contrastBorder, transparent));
  }
  progress::-webkit-progress-bar {
    background: var(--vscode-editorWidget-border, var(--vscode-contrastBorder, transparent));
  }
  progress::-webkit-progress-value {
    background: var(--vscode-progressBar-background);
  }
`;

/** Tables of figures; `scroll` holds one that may be wider than the panel. */
export const tables = css`
  .scroll {
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
  }
  th {
    font-weight: 400;
  }
  thead th {
    font-size: 12px;
    color: var(--vscode-descriptionForeground);
    vertical-align: bottom;
  }
  th,
  td {
    padding: 3px 12px 3px 0;
    text-align: left;
    border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
  }
  th.number,
  td.number {
    text-align: right;
  }
  td.whole {
    white-space: nowrap;
  }
  th.number {
    white-space: normal;
  }
  td.heat {
    padding: 3px 6px;
  }
  tr.chosen {
    font-weight: 600;
  }
  .rising-0 {
    background: color-mix(in srgb, var(--vscode-charts-red, #c33) 0%, transparent);
  }
  .falling-0 {
    background: color-mix(in srgb, var(--vscode-charts-blue, #36c) 0%, transparent);
  }
  .rising-1 {
    background: color-mix(in srgb, var(--vscode-charts-red, #c33) 5%, transparent);
  }
  .falling-1 {
    background: color-mix(in srgb, var(--vscode-charts-blue, #36c) 5%, transparent);
  }
  .rising-2 {
    background: color-mix(in srgb, var(--vscode-charts-red, #c33) 10%, transparent);
  }
  .falling-2 {
    background: color-mix(in srgb, var(--vscode-charts-blue, #36c) 10%, transparent);
  }
  .rising-3 {
    background: color-mix(in srgb, var(--vscode-charts-red, #c33) 15%, transparent);
  }
  .falling-3 {
    background: color-mix(in srgb, var(--vscode-charts-blue, #36c) 15%, transparent);
  }
  .rising-4 {
    background: color-mix(in srgb, var(--vscode-charts-red, #c33) 20%, transparent);
  }
  .falling-4 {
    background: color-mix(in srgb, var(--vscode-charts-blue, #36c) 20%, transparent);
  }
  .rising-5 {
    background: color-mix(in srgb, var(--vscode-charts-red, #c33) 25%, transparent);
  }
  .falling-5 {
    background: color-mix(in srgb, var(--vscode-charts-blue, #36c) 25%, transparent);
  }
  .rising-6 {
    background: color-mix(in srgb, var(--vscode-charts-red, #c33) 30%, transparent);
  }
  .falling-6 {
    background: color-mix(in srgb, var(--vscode-charts-blue, #36c) 30%, transparent);
  }
  .rising-7 {
    background: color-mix(in srgb, var(--vscode-charts-red, #c33) 35%, transparent);
  }
  .falling-7 {
    background: color-mix(in srgb, var(--vscode-charts-blue, #36c) 35%, transparent);
  }
  .rising-8 {
    background: color-mix(in srgb, var(--vscode-charts-red, #c33) 40%, transparent);
  }
  .falling-8 {
    background: color-mix(in srgb, var(--vscode-charts-blue, #36c) 40%, transparent);
  }
  .rising-9 {
    background: color-mix(in srgb, var(--vscode-charts-red, #c33) 45%, transparent);
  }
  .falling-9 {
    background: color-mix(in srgb, var(--vscode-charts-blue, #36c) 45%, transparent);
  }
`;

/** Figures side by side where there is room. */
export const figures = css`
  .figures {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr));
    gap: 20px 32px;
  }
`;

export const panelStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    gap: 18px;
    min-height: 100vh;
    padding: 14px 0;
  }
  .overview {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 22px 48px;
  }
  @media (min-width: 900px) {
    .overview {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    }
  }
  .overview section {
    display: flex;
    flex-direction: column;
    gap: 18px;
  }
  .stages {
    max-width: 640px;
  }
  .stages vscode-button {
    margin-top: 12px;
  }
  .stopped {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    gap: 12px;
    max-width: 90ch;
    overflow-wrap: anywhere;
  }
  bitbudget-files {
    flex: 1 0 420px;
  }
`;
