/** Guards on the command line, down to the written copy. */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateDataset } from '../../demo/generate.ts';
import type { PlanHeader, PlanLine } from '../../src/core/copy/plan-schema.ts';
import { estimateQuality } from '../../src/core/jpeg/quality.ts';
import type { Evaluation } from '../../src/protocol/evaluation.ts';
import type { PlanSummary } from '../../src/protocol/worker.ts';
import { bitbudget, quick, temporaryFolder } from './bitbudget.ts';

const perClass = 24;
const guards = [
  ...['--protect', 'disc/000?.*', '--protect', 'train/disc/001[01].*'],
  ...['--floor', 'train/cross/**=50', '--floor', 'train/{cross,fine-rising}/*[02468].jpg=80'],
  ...['--most-dropped', '25%', '--held-out', '50'],
];
let home: Awaited<ReturnType<typeof temporaryFolder>>;
let dataset: string;
let settings: string[];
const store = () => ['--store', path.join(home.folder, 'store')];

beforeAll(async () => {
  home = await temporaryFolder();
  dataset = path.join(home.folder, 'shapes');
  for (const [seed, split] of ['train', 'val', 'test'].entries())
    await generateDataset(path.join(dataset, split), { imagesPerClass: split === 'train' ? perClass : 4, seed });
  settings = ['--qualities', '5,20,50,80', '--engine', 'cpu', '--probe-side', '16', ...quick, ...store()];
}, 60_000);
afterAll(() => home.remove());

async function plan(name: string, budget: string, ...more: string[]) {
  const file = path.join(home.folder, `${name}.plan.jsonl`);
  const ended = await bitbudget(['plan', dataset, '--budget', budget, '--out', file, '--json', ...settings, ...more]);
  const read = async () => {
    const [header, ...lines] = (await readFile(file, 'utf8')).trimEnd().split('\n');
    return {
      summary: JSON.parse(ended.stdout) as PlanSummary,
      header: JSON.parse(header ?? '') as PlanHeader,
      lines: lines.map((line) => JSON.parse(line) as PlanLine),
    };
  };
  return { file, ended, read };
}

describe('guards', { timeout: 240_000 }, () => {
  it('hold in plans by any rule, which say why', async () => {
    const smallest = Number(/copy of (\d+) bytes/.exec((await plan('none', '1B', ...guards)).ended.stderr)?.[1]);
    expect(smallest).toBeGreaterThan(1000);
    for (const policy of ['sensitivity', 'shuffled', 'uniform', 'drop'])
      for (const budget of [`${smallest}B`, '45%']) {
        const { ended, read } = await plan('guarded', budget, '--policy', policy, ...guards);
        // One of the globs matches nothing.
        expect(ended).toMatchObject({ code: 5 });
        const { summary, lines } = await read();
        expect(summary.bytes).toBeLessThanOrEqual(summary.budgetBytes);
        const of = (start: string) => lines.filter(({ path: own }) => own.startsWith(start));
        for (const held of [...of('val/'), ...of('test/')]) {
          expect([50, 'original']).toContain(held.quality);
          expect(held.planned).toBeLessThanOrEqual(held.bytes);
        }
        expect(of('val/').filter(({ quality }) => quality === 50).length).toBeGreaterThan(10);
        for (const { quality, reason } of of('train/disc/001').filter(({ path: own }) => /1[01]\./.test(own)))
          expect({ quality, reason }).toEqual({
            quality: 'original',
            reason: 'protected by train/disc/001[01].*: kept unchanged',
          });
        const least = (line: PlanLine) => (line.quality === 'original' ? 101 : Number(line.quality));
        for (const line of of('train/cross/').filter(({ quality }) => quality !== 'drop')) {
          const fine = /[02468]\.jpg$/.test(line.path);
          expect(least(line)).toBeGreaterThanOrEqual(fine ? 80 : 50);
          if (least(line) === (fine ? 80 : 50))
            expect(line.reason).toMatch(/^at least quality [58]0 by the floor of tr/);
        }
        for (const name of ['disc', 'cross', 'fine-falling', 'fine-rising']) {
          const dropped = of(`train/${name}/`).filter(({ quality }) => quality === 'drop').length;
          expect(dropped).toBeLessThanOrEqual(perClass / 4);
          if (policy === 'sensitivity' && budget !== '45%') expect(dropped).toBe(perClass / 4);
        }
        if (budget !== '45%')
          expect(lines.filter(({ reason }) => reason.startsWith('kept: its class'))).not.toEqual([]);
      }
  });

  it('hold in the written copy', async () => {
    const { file, read } = await plan('written', '45%', ...guards);
    const { lines, summary, header } = await read();
    expect(header.guards).toMatchObject({ mostDropped: 0.25, heldOut: 50 });
    expect(header.guards?.floors[0]).toEqual({ glob: 'train/cross/**', quality: 50 });
    expect(summary.problems.first.map(({ code, path: glob }) => `${code} ${glob}`)).toEqual(['unmatched disc/000?.*']);
    const copy = path.join(home.folder, 'copy');
    const written = await bitbudget(['write', file, copy, '--json', ...store()]);
    expect(written).toMatchObject({ code: 0 });
    expect(await bitbudget(['verify', copy, ...store()])).toMatchObject({ code: 0 });
    let bytes = 0;
    for (const line of lines) {
      const target = path.join(copy, line.target);
      expect(existsSync(target)).toBe(line.quality !== 'drop');
      if (line.quality === 'drop') continue;
      bytes += (await stat(target)).size;
      const content = await readFile(target);
      if (line.reason.startsWith('protected')) expect(content).toEqual(await readFile(path.join(dataset, line.path)));
      if (/^(val|test)\//.test(line.path) && typeof line.quality === 'number')
        expect(estimateQuality(content)).toBe(50);
      if (line.path.startsWith('train/cross/') && line.target.endsWith('.jpg'))
        expect(estimateQuality(content)).toBeGreaterThanOrEqual(50);
    }
    expect(bytes).toBe(summary.bytes);
  });

  it('go with the plan into its evaluation', async () => {
    const { file, read } = await plan('judged', '45%', ...guards);
    const { lines } = await read();
    const short = ['--seeds', '2', '--epochs', '1', '--engine', 'cpu', '--probe-side', '16'];
    const judged = await bitbudget(['evaluate', file, '--against', 'drop', ...short, '--json', ...store()]);
    expect(judged).toMatchObject({ code: 0 });
    const { trials } = JSON.parse(judged.stdout) as Evaluation;
    const kept = lines.filter(({ path: own, quality }) => own.startsWith('train/') && quality !== 'drop');
    expect(trials[0]).toMatchObject({
      images: kept.length,
      bytes: kept.reduce((sum, { planned }) => sum + planned, 0),
    });
    // Dropping alone must keep three in four too: by coarser images where their originals do not fit.
    for (const { images } of trials) expect(images).toBeGreaterThanOrEqual(3 * perClass);
  });

  it('leave validation and test images as they are unless asked', async () => {
    const { ended, read } = await plan('usual', '45%', '--policy', 'uniform');
    expect(ended).toMatchObject({ code: 0 });
    const { lines, header } = await read();
    expect(header.guards).toEqual({ protect: [], floors: [], mostDropped: 0.9, heldOut: 'original' });
    const held = lines.filter(({ path: own }) => !own.startsWith('train/'));
    expect(held).toHaveLength(32);
    expect(held.every(({ quality, reason }) => quality === 'original' && / split: kept unchanged/.test(reason))).toBe(
      true,
    );
  });

  it.each([
    ['a floor without a quality', ['--floor', 'faces/**'], 2, /such as "faces\/\*\*=60"/],
    ['a floor of 101', ['--floor', 'faces/**=101'], 2, /from 1 to 100/],
    ['a floor of nothing', ['--floor', '=60'], 2, /a pattern and a quality/],
    ['an empty glob', ['--protect', ''], 2, /a pattern of paths/],
    ['more than all of a class', ['--most-dropped', '120%'], 2, /up to 100%/],
    ['a quality that is not measured', ['--held-out', '55'], 3, /Quality 55 for validation and test images.*5, 20, 50/],
    ['all protected, and too few bytes', ['--protect', '**'], 3, /below the smallest possible copy of \d+ bytes/],
  ])('refuse %s', async (_, more, code, said) => {
    const { ended } = await plan('refused', '30%', ...more);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toMatch(said);
  });
});
