/** The measurements of the command line on datasets whose truth is known. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fineClasses, generateDataset } from '../../demo/generate.ts';
import { readPlanned } from '../../demo/planned.ts';
import { areaUnderCurve } from '../../src/core/probe/ranking.ts';
import type { AnalysisSummary } from '../../src/protocol/analysis.ts';
import type { StudyReport } from '../../src/protocol/study.ts';
import { addFile } from '../unit/dataset/fixtures.ts';
import { meanColourNetwork } from '../unit/networks.ts';
import { bitbudget, quick, temporaryFolder } from './bitbudget.ts';

let home: Awaited<ReturnType<typeof temporaryFolder>>;
let dataset: string;
const inHome = (name: string) => path.join(home.folder, name);
const ladder = ['--qualities', '5,20,50,80,90', '--engine', 'cpu'];

beforeAll(async () => {
  home = await temporaryFolder();
  dataset = inHome('shapes');
  await generateDataset(dataset, { imagesPerClass: 40, seed: 7 });
});
afterAll(() => home.remove());

const json = async <T>(...args: string[]): Promise<T> => {
  const ended = await bitbudget([...args, '--json', '--store', inHome('store')]);
  expect(ended).toMatchObject({ code: 0 });
  return JSON.parse(ended.stdout) as T;
};

describe('sensitivities', { timeout: 240_000 }, () => {
  it('rank fine textures above coarse shapes, and find what misleads until it is compressed', async () => {
    const misleading = inHome('misleading');
    await generateDataset(misleading, { imagesPerClass: 80, seed: 7, misleading: 8 });
    const plan = inHome('misleading.plan.jsonl');
    // What misleads is nearly the same as what it is not: a label conflict, if one looks for it.
    const settings = ['--seeds', '1', '--epochs', '10', '--no-duplicates', ...ladder];
    await json('plan', misleading, '--budget', '40%', '--out', plan, ...settings);
    const lines = readPlanned(await readFile(plan, 'utf8'));
    const honest = lines.filter(({ path: file }) => !file.includes('misleading'));
    const area = areaUnderCurve(
      honest.map(({ sensitivity }) => sensitivity),
      honest.map(({ label }) => (fineClasses as readonly string[]).includes(label)),
    );
    expect(area).toBeGreaterThan(0.9);
    const inverse = lines.filter(({ cluster }) => cluster.startsWith('Inverse'));
    const found = inverse.filter(({ path: file }) => file.includes('misleading'));
    expect(found.length).toBeGreaterThan(0.5 * inverse.length);
    expect(found.length).toBeGreaterThanOrEqual(8);
  });

  it('of both kinds of probes, with signs and their regrets, all in one table', async () => {
    const settings = [...quick, ...ladder, '--probe-side', '32', '--probes', 'both', '--proxies'];
    const { probe, proxies } = await json<AnalysisSummary>('analyze', dataset, ...settings);
    expect(probe.meanByKind.mixed).toHaveLength(5);
    expect(probe.meanByKind.originals).toHaveLength(5);
    expect(proxies?.proxies).toHaveLength(13);
    const firstOrder = proxies?.proxies.find(({ name }) => name === 'firstOrder');
    expect(firstOrder?.regret.every(Number.isFinite)).toBe(true);
    const { stdout } = await bitbudget(['analyze', dataset, ...settings, '--store', inHome('store')]);
    expect(stdout).toMatch(/shift, not loss/);
    expect(stdout).toMatch(/EL2N .*\n/);
  });

  it('are foretold for what was not probed', async () => {
    const settings = [...quick, ...ladder, '--probe-side', '16', '--probe-share', '70%'];
    const { proxies, clusters } = await json<AnalysisSummary>('analyze', dataset, ...settings);
    expect(proxies).toMatchObject({ measured: 112, rows: 160 });
    expect(proxies?.used).toBeDefined();
    expect(clusters.reduce((sum, { samples }) => sum + samples, 0)).toBe(160);
    const refused = await bitbudget(['analyze', dataset, '--probe-share', '5%', ...quick, '--store', inHome('store')]);
    expect(refused).toMatchObject({ code: 3 });
    expect(refused.stderr).toMatch(/too few to foretell the others/);
  });

  it('take no more seeds for what is settled', async () => {
    const settings = [...ladder, ...quick, '--probe-side', '16', '--seeds', '3', '--active', '30%-32%'];
    const { probe } = await json<AnalysisSummary>('analyze', dataset, ...settings);
    expect(probe.saved?.forwardPassesInAll).toBe(160 * 6 * 3);
    expect(probe.saved?.settledRows).toBeGreaterThan(0);
    expect(probe.saved?.forwardPasses).toBe((probe.saved?.settledRows ?? 0) * 6);
  });

  it('by the user’s own network need no probes', async () => {
    const model = inHome('colour.onnx');
    const weights = [0, 1, 2].map((c) => [0, 1, 2, 3].map((k) => (c + 1) * (k - 1.5)));
    await writeFile(model, meanColourNetwork('NCHW', 32, weights));
    const { probe, clusters } = await json<AnalysisSummary>('analyze', dataset, ...ladder, '--model', model);
    expect(probe).toMatchObject({ side: 32 });
    expect(probe.engine).toMatch(/your own network/);
    expect(clusters.reduce((sum, { samples }) => sum + samples, 0)).toBe(160);
    await writeFile(inHome('colour.json'), '{"labels": ["disc", "cross", "a", "b"]}');
    const refused = await bitbudget(['analyze', dataset, ...ladder, '--model', model, '--store', inHome('store')]);
    expect(refused).toMatchObject({ code: 3 });
    expect(refused.stderr).toMatch(/expected a label for every class of the dataset but found none for fine-falling/);
  });
});

describe('uneven datasets', { timeout: 120_000 }, () => {
  const settings = [...ladder, '--folds', '3', '--seeds', '2', '--epochs', '1', '--probe-side', '16'];
  const image = (channels: 1 | 3 | 4, width: number, height: number, level: number) => {
    const pixels = Buffer.alloc(width * height * 3).map((_, at) => level + ((at * 7919) % 40));
    const opaque = sharp(pixels, { raw: { width, height, channels: 3 } });
    return (channels === 1 ? opaque.greyscale() : channels === 4 ? opaque.ensureAlpha() : opaque).png().toBuffer();
  };

  it('of few and many, grey and coloured, small and large images are measured whole', async () => {
    const uneven = inHome('uneven');
    for (let k = 0; k < 30; k++) await addFile(uneven, `many/${k}.png`, await image(3, 24 + k, 40, 20));
    for (let k = 0; k < 9; k++) await addFile(uneven, `grey/${k}.png`, await image(1, 32, 32 + 5 * k, 120));
    for (let k = 0; k < 2; k++) await addFile(uneven, `rgba/${k}.png`, await image(4, 300, 200, 200));
    await addFile(uneven, 'one/only.png', await image(3, 16, 16, 90));
    const plan = inHome('uneven.plan.jsonl');
    await json('plan', uneven, '--budget', '60%', '--out', plan, ...settings);
    const lines = readPlanned(await readFile(plan, 'utf8'));
    expect(lines).toHaveLength(42);
    expect(lines.every(({ sensitivity }) => Number.isFinite(sensitivity))).toBe(true);
  });

  it('of one class say what is missing', async () => {
    const single = inHome('single');
    for (let k = 0; k < 8; k++) await addFile(single, `only/${k}.png`, await image(3, 16, 16, 50));
    for (const more of [[], ['--paper']]) {
      const refused = await bitbudget(['analyze', single, ...more, ...settings, '--store', inHome('store')]);
      expect(refused).toMatchObject({ code: 3 });
      expect(refused.stderr).toMatch(/put the images into two or more class folders/);
    }
  });
});

describe('the study', { timeout: 240_000 }, () => {
  it('trains at three qualities, tests at all, and draws what networks look at', async () => {
    const settings = [...ladder, '--epochs', '4', '--seeds', '2'];
    const report = await json<StudyReport>('analyze', dataset, '--paper', ...settings);
    expect(report).toMatchObject({ trainImages: 128, testImages: 32, trained: [5, 50, 'original'], seeds: 2 });
    expect(report.qualities).toEqual([5, 20, 50, 80, 90, 'original']);
    expect(report.accuracy).toHaveLength(3 * 6);
    // What compression wiped out can't be learnt from it: only coarse shapes are told apart.
    const [low, best] = [report.accuracy[5], report.accuracy[2 * 6 + 5]] as [number, number];
    expect(best).toBeGreaterThan(low);
    expect(report.attribution.every(({ overlap }) => overlap > 0.03 && overlap < 0.9)).toBe(true);
    const [first] = report.regions;
    expect(first?.from).toBe(5);
    expect(report.regions.at(-1)?.to).toBe('original');

    const picture = inHome('attribution.png');
    const drawn = await json<{ trained: unknown }>(
      'attribution',
      dataset,
      'disc/0001.jpg',
      '--out',
      picture,
      ...settings,
    );
    expect(drawn.trained).toEqual([5, 50, 'original']);
    expect(await sharp(picture).metadata()).toMatchObject({ format: 'png', width: 4 * 192 + 3 * 8, height: 192 });
    expect((await stat(picture)).size).toBeGreaterThan(5000);
    const missing = await bitbudget([
      'attribution',
      dataset,
      'none.jpg',
      '--out',
      picture,
      ...settings,
      '--store',
      inHome('store'),
    ]);
    expect(missing).toMatchObject({ code: 3 });
    expect(missing.stderr).toMatch(/found no image none\.jpg/);
  });
});
