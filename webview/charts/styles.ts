/** Styles of what is drawn; all colours are the editor's. */
import { css } from 'lit';

/** Series are told apart by dashes or marks too, for those who do not see the colours. */
export const chartStyles = css`
  text {
    fill: var(--vscode-descriptionForeground);
    font-family: var(--vscode-font-family);
    font-size: 11px;
  }
  text.label {
    fill: color-mix(in oklab, currentColor 60%, var(--vscode-foreground));
    stroke: var(--vscode-editor-background);
    stroke-width: 3px;
    stroke-linejoin: round;
    paint-order: stroke;
  }
  .grid {
    stroke: var(--vscode-panel-border, currentColor);
    stroke-opacity: 0.6;
  }
  .axis {
    stroke: var(--vscode-descriptionForeground);
    stroke-opacity: 0.6;
  }
  .line {
    fill: none;
    stroke: currentColor;
    stroke-width: 1.75;
  }
  .whisker {
    stroke: currentColor;
    stroke-opacity: 0.6;
  }
  .dot {
    fill: currentColor;
    stroke: var(--vscode-editor-background);
  }
  .hollow {
    fill: var(--vscode-editor-background);
    stroke: currentColor;
    stroke-width: 1.75;
  }
  .band {
    fill: currentColor;
    fill-opacity: 0.15;
  }
  .line-0 {
    color: var(--vscode-charts-red, currentColor);
  }
  .line-1 {
    color: var(--vscode-charts-blue, currentColor);
  }
  .line-2 {
    color: var(--vscode-charts-green, currentColor);
  }
  .line-3 {
    color: var(--vscode-charts-orange, currentColor);
  }
  .line-4 {
    color: var(--vscode-charts-purple, currentColor);
  }
  .line-5 {
    color: var(--vscode-charts-yellow, currentColor);
  }
  .plain {
    color: var(--vscode-foreground);
  }
  .shade {
    fill: var(--vscode-foreground);
    fill-opacity: 0.05;
  }
  .shade-1 {
    fill-opacity: 0.1;
  }
  .outline {
    fill: none;
    stroke: var(--vscode-descriptionForeground);
    stroke-opacity: 0.6;
  }
  .level {
    fill: color-mix(
      in oklab,
      var(--vscode-charts-blue, var(--vscode-foreground)) var(--depth),
      var(--vscode-editor-background)
    );
  }
`;

export const dashes = ['', '6 3', '2 3', '8 3 2 3', '10 3', '4 2 1 2'];
export const colours = 6;
