/** The storage law of published points, on the command line. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LawFit } from '../../src/protocol/law.ts';
import { bitbudget, temporaryFolder } from './bitbudget.ts';

let home: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  home = await temporaryFolder();
});
afterAll(() => home.remove());

it('fits a table of points, and says what is wrong with one that it can not read', async () => {
  const file = path.join(home.folder, 'food.csv');
  const lines = [12_120, 24_240, 36_360, 60_600].flatMap((n) =>
    [4000, 7000, 12_000, 20_000, 48_000].map((bytes) => {
      const error = 6.7069 * n ** -0.3333 + 1355.29 * bytes ** -1.0613;
      return `${n},${bytes},${error.toFixed(6)}`;
    }),
  );
  await writeFile(file, ['N, Bytes, Error', ...lines].join('\r\n'));
  const store = ['--store', path.join(home.folder, 'store')];
  const fitted = await bitbudget(['law', file, '--paper', '--budgets', '48.5MB', '--json', ...store]);
  expect(fitted).toMatchObject({ code: 0 });
  const { law, optima } = JSON.parse(fitted.stdout) as LawFit;
  expect(law.alpha).toBeCloseTo(0.3333, 3);
  expect(law.beta).toBeCloseTo(1.0613, 2);
  expect(optima[0]?.error).toBeCloseTo(0.464, 3);

  await writeFile(file, 'n,bytes\n1,2\n');
  const refused = await bitbudget(['law', file, ...store]);
  expect(refused).toMatchObject({ code: 3 });
  expect(refused.stderr).toMatch(/expected a first line with the columns n, bytes and error but found n, bytes/);
});
