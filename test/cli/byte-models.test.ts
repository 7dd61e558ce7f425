/** What a plan says that its copy takes, beside what it takes on a disk and in a tar. */
import { execFileSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateDataset } from '../../demo/generate.ts';
import { readPlanned } from '../../demo/planned.ts';
import type { PlanHeader } from '../../src/core/copy/plan-schema.ts';
import type { ByteModel } from '../../src/protocol/byte-model.ts';
import type { CopySummary, PlanSummary, VerifySummary } from '../../src/protocol/worker.ts';
import { addFile } from '../unit/dataset/fixtures.ts';
import { bitbudget, quick, temporaryFolder } from './bitbudget.ts';

let home: Awaited<ReturnType<typeof temporaryFolder>>;
let dataset: string;

beforeAll(async () => {
  home = await temporaryFolder();
  dataset = path.join(home.folder, 'shapes');
  await generateDataset(dataset, { imagesPerClass: 15, seed: 3 });
  const longName = `disc/${'x'.repeat(120)}/${'y'.repeat(90)}.png`;
  await addFile(dataset, longName, await readFile(path.join(dataset, 'disc', '0000.png')));
  await addFile(dataset, 'notes/empty.txt', '');
  await addFile(dataset, 'notes/read.txt', 'x'.repeat(5000));
});
afterAll(() => home.remove());

/** Files of a copy without its manifest, by their paths. */
const filesOf = (copy: string) =>
  execFileSync('find', ['.', '-type', 'f', '-printf', '%P\n'], { cwd: copy, encoding: 'utf8' })
    .split('\n')
    .filter((name) => name !== '' && name !== 'bitbudget.manifest.jsonl')
    .sort();

/** Bytes of a copy as the file system and GNU tar have them. */
const found: Readonly<Record<ByteModel, (copy: string) => Promise<number>>> = {
  plain: async (copy) => sumOf(copy, ({ size }) => size),
  blocks: async (copy) => sumOf(copy, ({ blocks }) => 512 * blocks),
  tar: (copy) => {
    const names = filesOf(copy).join('\n');
    const tar = execFileSync('tar', ['--create', '--format=gnu', '--files-from=-'], {
      cwd: copy,
      input: names,
      maxBuffer: 1e8,
    });
    return Promise.resolve(tar.length);
  },
};

async function sumOf(copy: string, bytesOf: (file: { size: number; blocks: number }) => number): Promise<number> {
  const files = await Promise.all(filesOf(copy).map((name) => stat(path.join(copy, name))));
  return files.reduce((sum, file) => sum + bytesOf(file), 0);
}

describe('a budget counted as', { timeout: 180_000 }, () => {
  it.each(['plain', 'blocks', 'tar'] as const)('%s is what the copy really takes', async (model) => {
    const [plan, copy] = [path.join(home.folder, `${model}.plan.jsonl`), path.join(home.folder, model)];
    const store = ['--store', path.join(home.folder, 'store')];
    const asked = ['--budget', '60%', '--byte-model', model, '--qualities', '5,20,50,80,90', '--out', plan];
    const planned = await bitbudget(['plan', dataset, ...asked, '--json', ...store, ...quick]);
    expect(planned).toMatchObject({ code: 0 });
    const summary = JSON.parse(planned.stdout) as PlanSummary;
    const text = await readFile(plan, 'utf8');
    const header = JSON.parse(text.split('\n')[0] ?? '') as PlanHeader;
    const { byteModel = 'plain', plannedBytes, budgetBytes } = header;
    expect({ byteModel, plannedBytes }).toEqual({ byteModel: model, plannedBytes: summary.bytes });

    const written = await bitbudget(['write', plan, copy, '--json', ...store]);
    const copied = JSON.parse(written.stdout) as CopySummary;
    // What plan lines say of a file is its size, however the budget counts it.
    const size = (name: string) => stat(path.join(copy, name)).then((file) => file.size);
    for (const { target, planned: bytes, quality } of readPlanned(text))
      if (quality !== 'drop') expect(await size(target)).toBe(bytes);
    expect(copied.bytes).toBe(summary.plainBytes);
    expect(copied.bytes).toBe(await found.plain(copy));
    expect(copied.countedBytes).toBe(summary.bytes);

    const real = await found[model](copy);
    expect(real).toBeLessThanOrEqual(budgetBytes);
    if (model === 'tar') {
      // Filled up to whole records, which the budget counts as if they were empty.
      expect(real).toBeGreaterThan(plannedBytes - 10_240);
      expect(real).toBeLessThanOrEqual(plannedBytes);
    } else expect(real).toBe(plannedBytes);
    const verified = await bitbudget(['verify', copy, '--json', ...store]);
    expect(JSON.parse(verified.stdout) as VerifySummary).toMatchObject({ complete: true, faults: [] });
  });

  it('blocks is said in words', async () => {
    const plan = path.join(home.folder, 'said.plan.jsonl');
    const common = ['--store', path.join(home.folder, 'store'), '--qualities', '5,20,50,80,90', ...quick];
    const planWith = async (...more: string[]) =>
      bitbudget(['plan', dataset, '--budget', '60%', '--out', plan, ...common, ...more]);
    const blocks = await planWith('--byte-model', 'blocks');
    expect(blocks.stdout).toMatch(/60 % of .* counted as 4 KiB blocks\n/);
    expect(blocks.stdout).toMatch(/in the files\n/);
    expect(blocks.stdout).toMatch(/Proved .* the best .*\nPrice .* nats per MB/);
    expect((await planWith()).stdout).not.toMatch(/counted|in the files/);
    expect(await planWith('--byte-model', 'inodes')).toMatchObject({ code: 2 });
  });
});
