/** Points of a storage law from a CSV file. */
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { LawPoint } from '../../protocol/law.ts';
import { InputError } from '../errors.ts';

/** Names that a column may have. */
const names = {
  images: ['n', 'images', 'samples'],
  bytes: ['bytes', 'l'],
  error: ['error', 'err'],
  standardError: ['se', 'standard error', 'standard_error'],
} as const;

/** @throws InputError when a column is missing or a cell is no number */
export async function readPoints(file: string): Promise<LawPoint[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new InputError(`${file}: the points can't be read (${(error as Error).message})`);
  });
  const [head = [], ...rows] = parsed(file, text);
  const columnOf = (wanted: keyof typeof names) =>
    head.findIndex((name) => (names[wanted] as readonly string[]).includes(name.trim().toLowerCase()));
  const columns = { images: columnOf('images'), bytes: columnOf('bytes'), error: columnOf('error') };
  const missing = Object.entries(columns).filter(([, at]) => at < 0);
  if (missing.length > 0)
    throw new InputError(
      `${file}: expected a first line with the columns n, bytes and error but found ${head.join(', ') || 'nothing'}`,
    );
  const standardError = columnOf('standardError');
  return rows.map((row, at) => {
    const number = (column: number) => {
      const value = Number(row[column]);
      if (row[column]?.trim() === '' || !Number.isFinite(value))
        throw new InputError(
          `${file}: line ${at + 2}: expected a number for ${head[column] ?? ''} but found "${row[column] ?? ''}"`,
        );
      return value;
    };
    return {
      ...{ images: number(columns.images), bytes: number(columns.bytes), error: number(columns.error) },
      ...(standardError >= 0 && { standardError: number(standardError) }),
    };
  });
}

function parsed(file: string, text: string): string[][] {
  try {
    return parse(text, { bom: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    throw new InputError(`${file}: is no CSV (${(error as Error).message})`);
  }
}
