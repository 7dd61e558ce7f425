/** Planted near-duplicates and a planted leak, from analysis to plan on the command line. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanHeader, PlanLine } from '../../src/core/copy/plan-schema.ts';
import type { AnalysisSummary } from '../../src/protocol/analysis.ts';
import type { PlanSummary } from '../../src/protocol/worker.ts';
import { addFile } from '../unit/dataset/fixtures.ts';
import { scene } from '../unit/images.ts';
import { bitbudget, quick, temporaryFolder } from './bitbudget.ts';

let home: Awaited<ReturnType<typeof temporaryFolder>>;
let dataset: string;
const settings = ['--qualities', '5,20,50,80', '--engine', 'cpu', '--probe-side', '16', ...quick];
const store = () => ['--store', path.join(home.folder, 'store')];
const first = 'train/cat/00.png';
/** Nearly the first image, and less of it. */
const planted = ['train/cat/re-encoded.jpg', 'train/cat/smaller.png', 'train/cat/lighter.jpg'];

beforeAll(async () => {
  home = await temporaryFolder();
  dataset = path.join(home.folder, 'scenes');
  for (let seed = 0; seed < 60; seed++) {
    const file = `train/${seed % 2 === 0 ? 'cat' : 'dog'}/${String(seed).padStart(2, '0')}.png`;
    await addFile(dataset, file, await (await scene(seed)).png().toBuffer());
  }
  const original = await scene(0);
  const [reEncoded = '', smaller = '', lighter = ''] = planted;
  await addFile(dataset, reEncoded, await original.clone().jpeg({ quality: 60 }).toBuffer());
  await addFile(dataset, smaller, await original.clone().resize(58, 58).png().toBuffer());
  await addFile(dataset, lighter, await original.clone().linear(1.05, 0).jpeg({ quality: 90 }).toBuffer());
  await addFile(dataset, 'test/dog/leak.jpg', await original.clone().jpeg({ quality: 80 }).toBuffer());
  await addFile(dataset, 'test/dog/own.png', await (await scene(99)).png().toBuffer());
}, 60_000);
afterAll(() => home.remove());

async function planAt(budget: string, ...more: string[]) {
  const file = path.join(home.folder, 'shapes.plan.jsonl');
  const ended = await bitbudget([
    ...['plan', dataset, '--budget', budget, '--out', file, '--json', ...settings, ...store(), ...more],
  ]);
  const [header, ...lines] = (await readFile(file, 'utf8')).trimEnd().split('\n');
  const parsed = lines.map((line) => JSON.parse(line) as PlanLine);
  return {
    code: ended.code,
    summary: JSON.parse(ended.stdout) as PlanSummary,
    header: JSON.parse(header ?? '') as PlanHeader,
    lineOf: (name: string) => parsed.find((line) => line.path === name) as PlanLine,
    dropped: parsed.filter(({ quality }) => quality === 'drop').map((line) => line.path),
  };
}

describe('near-duplicates', { timeout: 240_000 }, () => {
  it('and leaks are told by analyze, and kept at a full budget', async () => {
    const analyzed = await bitbudget(['analyze', dataset, '--json', ...settings, ...store()]);
    expect(analyzed.code).toBe(5);
    const { duplicates, dataset: found } = JSON.parse(analyzed.stdout) as AnalysisSummary;
    expect(duplicates).toEqual({
      ...{ images: 3, groups: 1, leaks: 1, conflicts: 0 },
      first: planted.toSorted().map((own) => ({ path: own, keptFor: first })),
    });
    const reason = `nearly the same as the training image ${first}`;
    expect(found.problems.first).toEqual([{ path: 'test/dog/leak.jpg', code: 'leak', reason }]);
    const words = await bitbudget(['analyze', dataset, ...settings, ...store()]);
    expect(words.stdout).toMatch(
      /Doubles +3 near-duplicates in 1 group; 1 validation or test image is nearly the same/,
    );

    const { summary, header, dropped } = await planAt('100%');
    expect(dropped).toEqual([]);
    expect(summary.duplicates).toEqual(duplicates);
    expect(header.problems).toEqual(found.problems.first);
  });

  it('go first as the budget tightens, and the plan says for what', async () => {
    let others = 0;
    for (const share of ['60%', '20%', '5%']) {
      const { dropped, lineOf } = await planAt(share);
      const more = dropped.filter((own) => !planted.includes(own));
      if (more.length > 0) expect(dropped).toEqual(expect.arrayContaining(planted));
      others += more.length;
      for (const { quality, reason } of planted.map(lineOf))
        if (quality !== 'original')
          expect(reason).toMatch(/^(dropped|compressed) first: nearly the same as train\/cat\/00\.png/);
    }
    expect(others).toBeGreaterThan(0);
    // The small ones may fill what is left of the budget.
    const { dropped, lineOf } = await planAt('80%', '--policy', 'drop');
    expect(dropped).toContain('train/cat/smaller.png');
    expect(lineOf('train/cat/smaller.png').reason).toBe(`dropped first: nearly the same as ${first}`);
  });

  it('are not looked for where that is not wanted', async () => {
    const { code, summary, header, lineOf } = await planAt('60%', '--no-duplicates');
    expect(code).toBe(0);
    expect(summary.duplicates).toBeUndefined();
    expect(header).toMatchObject({ duplicates: false, problems: [] });
    expect(lineOf(planted[0] ?? '').reason).not.toMatch(/nearly the same/);
  });
});
