/** What the view keeps while it is hidden; read with care, as an older version may have written it. */
import type { FileSort, FileSortColumn } from './rows.ts';

export interface Saved {
  /** The budget as a share of the original bytes. */
  readonly share: number;
  readonly sort: FileSort;
}

const defaults: Saved = { share: 0.4, sort: { by: 'path', descending: false } };
const sortColumns: readonly FileSortColumn[] = ['path', 'label', 'quality', 'bytes', 'sensitivity', 'cluster'];

export function readSaved(state: unknown): Saved {
  if (!isRecord(state)) return defaults;
  const { share, sort } = state;
  const by = isRecord(sort) ? sortColumns.find((column) => column === sort['by']) : undefined;
  return {
    share: typeof share === 'number' && share > 0 ? share : defaults.share,
    sort: by ? { by, descending: isRecord(sort) && sort['descending'] === true } : defaults.sort,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
