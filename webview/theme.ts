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
