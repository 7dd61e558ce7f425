/** The built command line on a dataset whose truth is known. */
import { execFileSync } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fineClasses, generateDataset } from '../../demo/generate.ts';
import { readPlanned, summarizeClasses } from '../../demo/planned.ts';
import type { AnalysisSummary, DatasetSummary } from '../../src/protocol/analysis.ts';
import type { PlanHeader } from '../../src/core/copy/plan-schema.ts';
import type { CopySummary, PlanSummary, VerifySummary } from '../../src/protocol/worker.ts';
import { addFile } from '../unit/dataset/fixtures.ts';
import { bitbudget, expectSpent, quick, temporaryFolder } from './bitbudget.ts';

let home: Awaited<ReturnType<typeof temporaryFolder>>;
let dataset: string;
let options: string[];

beforeAll(async () => {
  home = await temporaryFolder();
  dataset = path.join(home.folder, 'shapes');
  options = ['--store', path.join(home.folder, 'store'), '--qualities', '5,20,50,80,90', ...quick];
  await generateDataset(dataset, { imagesPerClass: 40, seed: 7 });
});
afterAll(() => home.remove());

const store = () => ['--store', path.join(home.folder, 'store')];
const workersOf = (folder: string) =>
  execFileSync('ps', ['-eo', 'args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('worker.cjs') && line.includes(folder));

describe('the main job', { timeout: 180_000 }, () => {
  it('gives the planted fine textures higher qualities than the coarse shapes, and keeps every promise', async () => {
    const plan = path.join(home.folder, 'shapes.plan.jsonl');
    const copy = path.join(home.folder, 'copy');
    const planned = await bitbudget(['plan', dataset, '--budget', '40%', '--out', plan, '--json', ...options]);
    expect(planned).toMatchObject({ code: 0 });
    expect(planned.stderr).toMatch(/Training probes +480 of 480 steps/);
    const summary = JSON.parse(planned.stdout) as PlanSummary;
    const lines = readPlanned(await readFile(plan, 'utf8'));
    expectSpent(summary, Math.max(...lines.map(({ bytes }) => bytes)));

    const classes = summarizeClasses(lines);
    const qualities = (fine: boolean) =>
      classes
        .filter(({ label }) => (fineClasses as readonly string[]).includes(label) === fine)
        .map(({ quality }) => quality);
    expect(Math.min(...qualities(true))).toBeGreaterThan(Math.max(...qualities(false)) + 10);

    const written = await bitbudget(['write', plan, copy, '--json', ...store()]);
    expect(written).toMatchObject({ code: 0 });
    expect((JSON.parse(written.stdout) as CopySummary).bytes).toBe(summary.bytes);
    const verified = await bitbudget(['verify', copy, '--json', ...store()]);
    expect(JSON.parse(verified.stdout) as VerifySummary).toMatchObject({
      complete: true,
      faults: [],
      bytes: summary.bytes,
    });

    const victim = path.join(copy, 'disc', '0001.jpg');
    await writeFile(victim, 'not this');
    expect(await bitbudget(['verify', copy, ...store()])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/disc\/0001\.jpg: truncated/) as string,
    });
  });

  it('takes what is measured from the store, and says the same again', async () => {
    const again = await bitbudget(['analyze', dataset, '--json', ...options]);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr).not.toMatch(/Training/);
    const { dataset: found, probe, clusters } = JSON.parse(again.stdout) as AnalysisSummary;
    expect(found).toMatchObject({ samples: 160, classes: ['cross', 'disc', 'fine-falling', 'fine-rising'] });
    expect(probe).toMatchObject({ folds: 2, seeds: 1, side: 64 });
    expect(clusters.reduce((sum, { samples }) => sum + samples, 0)).toBe(160);
  });

  it('prices training time: files and time together fit the budget, in the same seconds again', async () => {
    const plan = path.join(home.folder, 'timed.plan.jsonl');
    const planWith = async (...more: string[]) => {
      const ended = await bitbudget(['plan', dataset, '--budget', '60%', '--out', plan, '--json', ...options, ...more]);
      expect(ended).toMatchObject({ code: 0 });
      const header = JSON.parse((await readFile(plan, 'utf8')).split('\n')[0] ?? '') as PlanHeader;
      return { summary: JSON.parse(ended.stdout) as PlanSummary, header };
    };
    const free = await planWith();
    expect(free.header.time).toBeUndefined();
    expect(free.summary.mix['drop']).toBeUndefined();
    const { allSeconds = NaN } = free.summary.time ?? {};
    const secondWorth = Math.ceil(free.summary.originalBytes / allSeconds);
    const { summary, header } = await planWith('--second-worth', `${secondWorth}B`);
    expect(summary.mix['drop']).toBeGreaterThan(0);
    expect(header.time).toEqual(summary.time);
    expect(summary.time).toMatchObject({ secondWorth, allSeconds });
    const { plannedSeconds = NaN } = summary.time ?? {};
    const kept = 160 - (summary.mix['drop'] ?? 0);
    expect(plannedSeconds).toBeCloseTo((allSeconds * kept) / 160, 9);
    // A tenth of every class stays in any copy: its time can't be saved and is not paid for.
    const timeBytes = (secondWorth * allSeconds * (kept - 16)) / 160;
    expect(summary.time?.timeBytes).toBeCloseTo(timeBytes, 3);
    expect(summary.bytes + timeBytes).toBeLessThanOrEqual(summary.budgetBytes + 1e-3);
    expect(header.plannedBytes).toBe(summary.bytes);
    const refused = await bitbudget([
      'plan',
      dataset,
      '--budget',
      '60%',
      '--second-worth',
      '1kB',
      '--model',
      'my.onnx',
    ]);
    expect(refused).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/time of a training is unknown/) as string,
    });
  });

  it('is cancelled by Ctrl-C, ends its child, and goes on from the finished folds', async () => {
    const other = ['--store', path.join(home.folder, 'other-store'), '--qualities', '5,90', ...quick];
    let interrupted = false;
    const cancelled = await bitbudget(['analyze', dataset, '--probe-side', '16', ...other], (stderr, kill) => {
      if (interrupted || !stderr.includes('Preparing views')) return;
      interrupted = true;
      kill('SIGINT');
    });
    expect(cancelled).toMatchObject({ code: 4, stdout: '' });
    expect(cancelled.stderr).toMatch(/Cancelled\. Finished stages are kept/);
    expect(workersOf(home.folder)).toEqual([]);
    const resumed = await bitbudget(['analyze', dataset, '--probe-side', '16', ...other]);
    expect(resumed).toMatchObject({ code: 0 });
  });
});

describe('exit codes', () => {
  it.each([
    ['no command', []],
    ['an unknown command', ['compress']],
    ['an unknown option', ['scan', '.', '--fast']],
    ['no budget', ['plan', '.']],
    ['a budget in parsecs', ['plan', '.', '--budget', '12parsecs']],
    ['a quality of 101', ['analyze', '.', '--qualities', '10,101']],
    ['one fold', ['analyze', '.', '--folds', '1']],
  ])('are 2 for %s', async (_name, args) => {
    const { code, stdout, stderr } = await bitbudget(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toMatch(/ {4}at /);
    expect(stderr.length).toBeGreaterThan(20);
  });

  it('are 3 for input that can not serve, with what, where and what to do in one line', async () => {
    const nowhere = path.join(home.folder, 'nowhere');
    for (const args of [
      ['scan', nowhere],
      ['write', `${nowhere}.jsonl`, nowhere],
      ['verify', home.folder],
    ]) {
      const { code, stderr } = await bitbudget([...args, ...store()]);
      expect(code).toBe(3);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(stderr).toContain(home.folder);
    }
    await addFile(home.folder, 'one-class/cat/1.png', await readFile(path.join(dataset, 'disc', '0000.png')));
    const single = await bitbudget(['analyze', path.join(home.folder, 'one-class'), ...options]);
    expect(single).toMatchObject({ code: 3 });
    expect(single.stderr).toMatch(/two or more class folders/);
  });

  it('are 5 where files were skipped, and lists them', async () => {
    const damaged = path.join(home.folder, 'damaged');
    await addFile(damaged, 'cat/good.png', await readFile(path.join(dataset, 'disc', '0000.png')));
    await addFile(damaged, 'dog/empty.png', '');
    const { code, stdout } = await bitbudget(['scan', damaged, '--json', ...store()]);
    expect(code).toBe(5);
    expect((JSON.parse(stdout) as DatasetSummary).problems.first).toMatchObject([{ path: 'dog/empty.png' }]);
  });

  it('are 3 for a store that can not be opened', async () => {
    const file = path.join(home.folder, 'file');
    await writeFile(file, '');
    const { code, stderr } = await bitbudget(['scan', dataset, '--store', file]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/store of measurements/);
    expect((await stat(file)).size).toBe(0);
  });
});
