/** The columns of the file table: their heads, their cells and their look. */
import { css } from 'lit';
import type { Cluster } from '../src/protocol/analysis.ts';
import type { Encoding } from '../src/protocol/encoding.ts';
import { formatBytes, formatNats, formatShare, missing } from '../src/protocol/format.ts';
import { optionName } from './plan.ts';
import type { FileRow, FileSortColumn } from './rows.ts';

interface Column {
  readonly title: string;
  readonly sort?: FileSortColumn;
  readonly number?: boolean;
  readonly hint?: string;
}

/** Fixed, so that a million rows stay below the 33.5 million pixels at which Chromium's scrolling ends. */
export const rowHeight = 26;

export const columns: readonly Column[] = [
  { title: 'File', sort: 'path' },
  { title: 'Class', sort: 'label' },
  { title: 'Split' },
  { title: 'Quality', sort: 'quality', number: true, hint: 'Recommended at this budget' },
  { title: 'Before', sort: 'bytes', number: true, hint: 'Bytes in the dataset' },
  { title: 'After', number: true, hint: 'Bytes in the copy, and their share' },
  {
    title: 'Sensitivity',
    sort: 'sensitivity',
    number: true,
    hint: 'Mean loss difference over the qualities, nats ± standard error',
  },
  { title: 'Cluster', sort: 'cluster' },
];

/** The texts of a row, one a column. */
export function cells(
  row: FileRow,
  option: number,
  encodings: readonly Encoding[],
  clusters: readonly Cluster[],
): string[] {
  const after = option === 0 ? 0 : (row.optionBytes[option] ?? NaN);
  const share = row.bytes > 0 && Number.isFinite(after) ? ` (${formatShare(after / row.bytes, 0)})` : '';
  const error = Number.isFinite(row.sensitivityError) ? ` ± ${formatNats(row.sensitivityError, 4)}` : '';
  return [
    row.path,
    row.label,
    row.split,
    optionName(option, encodings),
    formatBytes(row.bytes),
    `${formatBytes(after)}${share}`,
    `${formatNats(row.sensitivity, 4)}${Number.isFinite(row.sensitivity) ? error : ''}`,
    clusters[row.cluster]?.name ?? missing,
  ];
}

/** What a cell says in full: beside a quality, the guard that may have decided it. */
export const cellTitle = ({ guard }: FileRow, texts: readonly string[], index: number): string =>
  `${texts[index] ?? ''}${columns[index]?.sort === 'quality' && guard !== '' ? `: ${guard}` : ''}`;

export const fileStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
  }
  .count {
    font-weight: 400;
    font-variant-numeric: tabular-nums;
  }
  .grid {
    flex: 1 1 0;
    min-height: 0;
    overflow: auto;
    overflow-anchor: none;
    margin-top: 6px;
    border: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
  }
  .grid:focus-visible {
    outline-offset: -1px;
  }
  .head,
  .body {
    position: relative;
    min-width: 872px;
  }
  .head {
    position: sticky;
    top: 0;
    z-index: 1;
    background: var(--vscode-editor-background);
    border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
  }
  .row {
    display: grid;
    grid-template-columns:
      minmax(190px, 3fr) minmax(84px, 1fr) 52px 96px 80px 124px 140px
      minmax(84px, 1fr);
    height: ${rowHeight}px;
    line-height: ${rowHeight}px;
    background: var(--vscode-editor-background);
  }
  .body .row {
    position: absolute;
    inset: 0 0 auto;
    cursor: default;
  }
  .body .row:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .body .row.active {
    background: var(--vscode-list-inactiveSelectionBackground, var(--vscode-editor-background));
  }
  .grid:focus .row.active {
    color: var(--vscode-list-activeSelectionForeground, inherit);
    background: var(--vscode-list-activeSelectionBackground, var(--vscode-editor-background));
  }
  /* Over the cells, as the first one covers the row's own outline. */
  .body .row::after {
    content: '';
    position: absolute;
    inset: 0;
    border: 1px solid transparent;
    pointer-events: none;
  }
  .body .row:hover::after {
    border: 1px dashed var(--vscode-contrastActiveBorder, transparent);
  }
  .body .row.active::after {
    border: 1px solid var(--vscode-contrastActiveBorder, transparent);
  }
  .grid:focus-visible .row.active::after {
    border: 1px solid var(--vscode-list-focusOutline, var(--vscode-focusBorder));
  }
  .cell {
    padding: 0 8px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .body .cell:first-child {
    display: flex;
  }
  .folder,
  .name {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .folder {
    flex: 0 1 auto;
    opacity: 0.85;
  }
  .name {
    flex: none;
    max-width: 100%;
  }
  .cell:first-child {
    position: sticky;
    left: 0;
    background: inherit;
  }
  @media (max-width: 600px) {
    .head,
    .body {
      min-width: 832px;
    }
    .row {
      grid-template-columns: 150px minmax(84px, 1fr) 52px 96px 80px 124px 140px minmax(84px, 1fr);
    }
  }
  .head .cell {
    color: var(--vscode-foreground);
    font-weight: 600;
    font-size: 12px;
  }
  button {
    all: unset;
    cursor: pointer;
    box-sizing: border-box;
  }
  button:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: 1px;
  }
  .arrow {
    margin-left: 3px;
  }
`;
