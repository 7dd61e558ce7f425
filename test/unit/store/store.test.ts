import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { keyOf, openStore } from '../../../src/core/store/index.ts';

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bitbudget-store-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

it('gives tables back as they were put, to another process too', async () => {
  const folder = await temporaryFolder();
  const table = {
    sample: Uint32Array.of(1, 2),
    loss: Float32Array.of(NaN, 0.5),
    nested: [{ rows: Int32Array.of(-1) }],
  };
  const first = openStore(folder);
  const second = openStore(folder);
  first.putTable('a', table);
  expect(second.getTable('a')).toEqual(table);
  expect(second.getTable('b')).toBeUndefined();
  first.close();
  second.close();
  const again = openStore(folder);
  expect(again.getTable('a')).toEqual(table);
  again.close();
});

it('knows a file only with its size and time', async () => {
  const store = openStore(await temporaryFolder());
  store.putHash('/x.png', 10, 1.5, Uint8Array.of(1, 2, 3));
  expect(store.getHash('/x.png', 10, 1.5)).toEqual(Uint8Array.of(1, 2, 3));
  expect(store.getHash('/x.png', 11, 1.5)).toBeUndefined();
  expect(store.getHash('/x.png', 10, 2.5)).toBeUndefined();
  store.close();
});

it('knows rates by content and settings', async () => {
  const store = openStore(await temporaryFolder());
  store.putRates(Uint8Array.of(1), 'a', 'one');
  expect(store.getRates(Uint8Array.of(1), 'a')).toBe('one');
  expect(store.getRates(Uint8Array.of(2), 'a')).toBeUndefined();
  expect(store.getRates(Uint8Array.of(1), 'b')).toBeUndefined();
  store.close();
});

it('takes what several processes put at once', async () => {
  const folder = await temporaryFolder();
  const store = openStore(folder);
  const script = path.join(import.meta.dirname, 'put-in-child.ts');
  const names = ['a', 'b', 'c'];
  await Promise.all(names.map((name) => promisify(execFile)(process.execPath, [script, folder, name])));
  for (const name of names)
    for (let number = 0; number < 60; number++)
      expect(store.getTable(`${name}${number}`)).toEqual({ name, rows: new Float32Array(1000).fill(number) });
  // A transaction is one process's alone.
  const last = store.getTable('shared-0');
  expect(names).toContain(last);
  for (let number = 0; number < 60; number++) expect(store.getTable(`shared-${number}`)).toBe(last);
  store.close();
});

it('takes back a transaction that failed', async () => {
  const store = openStore(await temporaryFolder());
  expect(() => {
    store.transaction(() => {
      store.putTable('a', 1);
      throw new Error('power cut');
    });
  }).toThrow('power cut');
  expect(store.getTable('a')).toBeUndefined();
  store.putTable('a', 2);
  expect(store.getTable('a')).toBe(2);
  store.close();
});

it('says which file is damaged', async () => {
  const folder = await temporaryFolder();
  openStore(folder).close();
  await writeFile(
    path.join(folder, 'measured-v1.sqlite'),
    'this is no database, and long enough to look at'.repeat(100),
  );
  expect(() => openStore(folder)).toThrow(/measured-v1\.sqlite.*damaged.*(delete|remove)/is);
});

it('says so when its file was cut', async () => {
  const folder = await temporaryFolder();
  const store = openStore(folder);
  store.putTable('a', new Float32Array(20_000));
  store.close();
  const file = path.join(folder, 'measured-v1.sqlite');
  const whole = await readFile(file);
  await writeFile(file, whole.subarray(0, whole.length / 2));
  expect(() => openStore(folder)).toThrow(/measured-v1\.sqlite.*damaged.*delete/is);
});

it('makes equal keys of equal data alone', () => {
  expect(keyOf('rate', [1, 2], { a: 1 })).toBe(keyOf('rate', [1, 2], { a: 1 }));
  expect(keyOf('rate', [1, 2])).not.toBe(keyOf('rate', [12]));
  expect(keyOf('rate', 1)).not.toBe(keyOf('view', 1));
});
