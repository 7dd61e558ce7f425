/** A small dataset of every kind of file, analysed and planned once; every test writes it from there. */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyCopy, writeCopy } from '../../../src/core/copy/index.ts';
import { createEncoder } from '../../../src/core/jpeg/index.ts';
import { makePlan } from '../../../src/core/make-plan.ts';
import { analyze } from '../../../src/core/pipeline.ts';
import { openStore } from '../../../src/core/store/index.ts';
import { defaultSettings, type PlanSummary } from '../../../src/protocol/worker.ts';
import { addFile } from '../dataset/fixtures.ts';
import { picture } from '../images.ts';
import { localTrainer } from '../trainer.ts';

const settings = { ...defaultSettings, qualities: [10, 50, 90], folds: 2, seeds: 1, epochs: 1, probeSide: 16 };
const job = { signal: new AbortController().signal, onProgress: () => undefined };
let home: string;
let dataset: string;
let plan: string;
let summary: PlanSummary;
let copies = 0;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'bitbudget-copy-'));
  dataset = path.join(home, 'pets');
  plan = path.join(home, 'pets.plan.jsonl');
  for (let number = 0; number < 24; number++) {
    const name = ['cat', 'dog'][number % 2] ?? '';
    const image = picture(number);
    const png = number % 3 === 0;
    const data = await (png ? image.png() : image.jpeg({ quality: 92 })).toBuffer();
    await addFile(dataset, `train/${name}/${number}.${png ? 'png' : 'JPG'}`, data);
  }
  await addFile(dataset, 'test/cat/held-out.png', await picture(99).png().toBuffer());
  await addFile(dataset, 'train/cat/both.png', await picture(50).png().toBuffer());
  await addFile(dataset, 'train/cat/both.jpg', await picture(51).jpeg().toBuffer());
  const clear = sharp({ create: { width: 9, height: 9, channels: 4, background: '#00ff0040' } });
  await addFile(dataset, 'train/dog/clear.png', await clear.png().toBuffer());
  await addFile(dataset, 'train/dog/broken.png', (await picture(7).png().toBuffer()).subarray(0, 200));
  await addFile(dataset, 'notes/labels.csv', 'name,label\n');
  await utimes(path.join(dataset, 'train/cat/0.png'), 1_000_000, 1_000_000);
  const store = openStore(path.join(home, 'store'));
  const ports = {
    encoder: createEncoder(settings),
    openTrainer: localTrainer(),
    store,
    log: () => undefined,
  };
  summary = await makePlan(await analyze(dataset, settings, ports, job), settings, { share: 0.6 }, plan);
  store.close();
});

afterAll(() => rm(home, { recursive: true, force: true }));

const newCopy = () => path.join(home, `copy-${copies++}`);

/** Names and contents of all files below a folder. */
async function contents(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const read = async (file: string) => [path.relative(folder, file), await readFile(file, 'base64')] as const;
  return new Map((await Promise.all(files.map(read))).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const planLines = async () => (await readFile(plan, 'utf8')).trimEnd().split('\n');

/** The plan with some of its lines changed. */
async function changedPlan(change: (line: Record<string, unknown>, number: number) => object): Promise<string> {
  const lines = (await planLines()).map((line, number) =>
    JSON.stringify(change(JSON.parse(line) as Record<string, unknown>, number)),
  );
  const file = path.join(home, `changed-${copies++}.plan.jsonl`);
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

describe('a copy', () => {
  it('has the planned files and bytes, within the budget, and verifies', async () => {
    const before = await contents(dataset);
    const out = newCopy();
    const result = await writeCopy(plan, out, job);
    expect(result.bytes).toBe(summary.bytes);
    expect(result.bytes).toBeLessThanOrEqual(result.budgetBytes);
    expect(result.skipped.map(({ path: file }) => file)).toEqual(['train/dog/broken.png']);
    const written = await contents(out);
    const sizes = [...written].filter(([name]) => name !== 'bitbudget.manifest.jsonl').map(([, data]) => data);
    expect(sizes.reduce((sum, data) => sum + Buffer.from(data, 'base64').length, 0)).toBe(result.bytes);
    expect(await verifyCopy(out, job)).toMatchObject({ complete: true, faults: [], files: result.written });
    expect(await contents(dataset)).toEqual(before);
  });

  it('mirrors the tree, and keeps stems, held-out images, other files and times', async () => {
    const out = newCopy();
    await writeCopy(plan, out, job);
    for (const line of (await planLines()).slice(1)) {
      const { path: source, target, quality } = JSON.parse(line) as Record<string, string>;
      if (source === undefined || target === undefined || quality === 'drop') continue;
      expect(path.dirname(target)).toBe(path.dirname(source));
      expect(path.parse(target).name.startsWith(path.parse(source).name)).toBe(true);
      const data = await readFile(path.join(out, target));
      if (quality === 'original') expect(data).toEqual(await readFile(path.join(dataset, source)));
      else expect((await sharp(data).metadata()).format).toBe('jpeg');
    }
    for (const same of ['test/cat/held-out.png', 'notes/labels.csv', 'train/dog/clear.png'])
      expect(await readFile(path.join(out, same))).toEqual(await readFile(path.join(dataset, same)));
    const zero = (await readdir(path.join(out, 'train/cat'))).find((name) => path.parse(name).name === '0');
    if (zero !== undefined) expect((await stat(path.join(out, 'train/cat', zero))).mtimeMs).toBe(1e9);
  });

  it('that is whole is not written again', async () => {
    const out = newCopy();
    const first = await writeCopy(plan, out, job);
    expect(await writeCopy(plan, out, job)).toMatchObject({ written: 0, reused: first.written, bytes: first.bytes });
  });

  it.each([
    ['cut', (data: Buffer) => data.subarray(0, data.length - 5), /truncated/],
    ['altered', (data: Buffer) => Buffer.concat([data.subarray(0, -1), Buffer.of((data.at(-1) ?? 0) ^ 1)]), /altered/],
    ['removed', () => undefined, /missing/],
  ])('of which a file was %s is found faulty, and mended', async (_name, damage, fault) => {
    const out = newCopy();
    await writeCopy(plan, out, job);
    const whole = await contents(out);
    const victim = path.join(out, [...whole.keys()].find((name) => name.includes('train')) ?? '');
    const damaged = damage(await readFile(victim));
    if (damaged === undefined) await rm(victim);
    else await writeFile(victim, damaged);
    await writeFile(path.join(out, 'stranger.txt'), 'hello');
    const { faults } = await verifyCopy(out, job);
    expect(faults).toHaveLength(2);
    expect(faults.map(({ fault: own }) => own).join()).toMatch(fault);
    expect(faults.map(({ fault: own }) => own).join()).toMatch(/added/);
    await rm(path.join(out, 'stranger.txt'));
    await writeCopy(plan, out, job);
    expect(await contents(out)).toEqual(whole);
  });

  it('that was cancelled says so, and ends as an undisturbed one', async () => {
    const undisturbed = newCopy();
    await writeCopy(plan, undisturbed, job);
    const out = newCopy();
    const controller = new AbortController();
    const stopping = {
      signal: controller.signal,
      onProgress: ({ done }: { done: number }) => {
        if (done === 5) controller.abort();
      },
    };
    await expect(writeCopy(plan, out, stopping)).rejects.toThrow(/abort/i);
    await expect(verifyCopy(out, job)).rejects.toThrow(/unfinished.*write.*again/);
    expect((await writeCopy(plan, out, job)).reused).toBeGreaterThan(0);
    expect(await contents(out)).toEqual(await contents(undisturbed));
  });

  it('that was killed at any instant ends as an undisturbed one', async () => {
    const undisturbed = newCopy();
    await writeCopy(plan, undisturbed, job);
    const expected = await contents(undisturbed);
    const script = path.join(import.meta.dirname, 'write-in-child.ts');
    const out = newCopy();
    let kills = 0;
    for (const delayMs of [0, 5, 15, 30, 60]) {
      const child = spawn(process.execPath, [script, plan, out], { stdio: ['ignore', 'pipe', 'ignore'] });
      await new Promise<void>((resolve) => {
        child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), delayMs));
        child.once('exit', (_code, signal) => {
          if (signal === 'SIGKILL') kills += 1;
          resolve();
        });
      });
      for (const [name, data] of await contents(out).catch(() => new Map<string, string>()))
        if (expected.has(name) && !name.endsWith('.jsonl')) expect(data).toBe(expected.get(name));
    }
    expect(kills).toBeGreaterThan(0);
    await writeCopy(plan, out, job);
    expect(await contents(out)).toEqual(expected);
  });

  it.each(['bitbudget.journal.jsonl.4711.tmp', 'bitbudget.manifest.jsonl.4711.tmp'])(
    'that was killed while it wrote %s leaves nothing of it',
    async (leftover) => {
      const undisturbed = newCopy();
      await writeCopy(plan, undisturbed, job);
      const out = newCopy();
      await addFile(out, leftover, '{"kind":');
      await writeCopy(plan, out, job);
      expect(await contents(out)).toEqual(await contents(undisturbed));
    },
  );

  it('under a new budget replaces what changed and removes what was dropped', async () => {
    const out = newCopy();
    await writeCopy(plan, out, job);
    const smaller = await changedPlan((line, number) =>
      number > 0 && line['quality'] !== 'original' && number % 2 === 0
        ? { ...line, quality: 'drop', planned: 0 }
        : line,
    );
    await writeCopy(smaller, out, job);
    const fresh = newCopy();
    await writeCopy(smaller, fresh, job);
    expect(await contents(out)).toEqual(await contents(fresh));
  });

  it('leaves out, and lists, a source that changed since the plan', async () => {
    const moved = path.join(home, 'moved');
    await cp(dataset, moved, { recursive: true });
    const relocated = await changedPlan((line, number) => (number === 0 ? { ...line, root: moved } : line));
    await writeFile(path.join(moved, 'train/dog/1.JPG'), await picture(70).jpeg().toBuffer());
    await rm(path.join(moved, 'train/cat/2.JPG'));
    const { skipped } = await writeCopy(relocated, newCopy(), job);
    expect(skipped.map(({ path: file }) => file)).toEqual(
      expect.arrayContaining(['train/cat/2.JPG', 'train/dog/1.JPG']) as string[],
    );
  });
});

describe('a hostile or wrong request', () => {
  it.each(['../escape.jpg', '/etc/escape.jpg', 'a/../../b.jpg', 'a\\..\\b.jpg', 'C:\\b.jpg', 'nul\0.jpg', ''])(
    'to write to "%s" is refused before anything is written',
    async (target) => {
      const out = newCopy();
      const hostile = await changedPlan((line, number) => (number === 9 ? { ...line, target } : line));
      await expect(writeCopy(hostile, out, job)).rejects.toThrow(/line 10/);
      await expect(stat(path.join(home, 'escape.jpg'))).rejects.toThrow();
      await expect(stat('/etc/escape.jpg')).rejects.toThrow();
    },
  );

  it('to write into, onto or around the dataset, or among files of others, is refused', async () => {
    for (const out of [dataset, path.join(dataset, 'copy'), home])
      await expect(writeCopy(plan, out, job)).rejects.toThrow(/dataset/);
    const occupied = newCopy();
    await addFile(occupied, 'thesis.doc', 'years of work');
    await expect(writeCopy(plan, occupied, job)).rejects.toThrow(/not empty/);
    expect(await readdir(occupied)).toEqual(['thesis.doc']);
  });

  it.each([
    ['no plan', 'hello\n', /line 1: expected JSON/],
    ['an empty file', '', /empty|plan/],
    ['a plan of the future', '{"kind":"bitbudget-plan","version":99}\n', /version/],
  ])('with %s is refused', async (_name, text, reason) => {
    const file = path.join(home, `wrong-${copies++}.jsonl`);
    await writeFile(file, text);
    await expect(writeCopy(file, newCopy(), job)).rejects.toThrow(reason);
  });

  it('with a budget that the planned files exceed is refused, and the copy is not called whole', async () => {
    const out = newCopy();
    const poor = await changedPlan((line, number) =>
      number === 0 ? { ...line, budgetBytes: summary.bytes - 1 } : line,
    );
    await expect(writeCopy(poor, out, job)).rejects.toThrow(/more than the budget/);
    await expect(verifyCopy(out, job)).rejects.toThrow(/unfinished/);
  });

  it('with a file that does not come out at the planned bytes is refused', async () => {
    const off = await changedPlan((line, number) =>
      number === 3 ? { ...line, planned: (line['planned'] as number) + 1 } : line,
    );
    const { path: name } = JSON.parse((await planLines())[3] ?? '') as { path: string };
    await expect(writeCopy(off, newCopy(), job)).rejects.toThrow(new RegExp(`${name} takes \\d+ bytes instead`));
  });

  it('with a plan that was cut short is refused', async () => {
    const lines = await planLines();
    const file = path.join(home, `cut-${copies++}.jsonl`);
    await writeFile(file, lines.slice(0, 8).join('\n'));
    await expect(writeCopy(file, newCopy(), job)).rejects.toThrow(/cut|lines/);
  });

  it('to plan less than the smallest copy is refused with the smallest', async () => {
    const store = openStore(path.join(home, 'store'));
    const ports = {
      encoder: createEncoder(settings),
      openTrainer: localTrainer(),
      store,
      log: () => undefined,
    };
    const analysis = await analyze(dataset, settings, ports, job);
    const tooSmall = makePlan(analysis, settings, { bytes: 10 }, path.join(home, 'none.plan.jsonl'));
    await expect(tooSmall).rejects.toThrow(/below the smallest possible copy of \d+ bytes/);
    await expect(stat(path.join(home, 'none.plan.jsonl'))).rejects.toThrow();
    store.close();
  });
});
