/** JPEG at both subsamplings and WebP on the command line, on images of which some are told by their fine colour alone. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanHeader, PlanLine } from '../../src/core/copy/plan-schema.ts';
import type { AnalysisSummary } from '../../src/protocol/analysis.ts';
import type { PlanSummary, VerifySummary } from '../../src/protocol/worker.ts';
import { seededRandom } from '../../src/core/random.ts';
import { bitbudget, quick, temporaryFolder } from './bitbudget.ts';

const side = 32;
const imagesPerClass = 40;
/** Two classes differ by the direction of stripes of one luma, two by the direction of stripes of brightness. */
const kinds = {
  'colour-across': { isColour: true, isAcross: true },
  'colour-down': { isColour: true, isAcross: false },
  'light-across': { isColour: false, isAcross: true },
  'light-down': { isColour: false, isAcross: false },
} as const;

async function drawClasses(root: string): Promise<void> {
  const random = seededRandom(5);
  for (const [name, { isColour, isAcross }] of Object.entries(kinds)) {
    await mkdir(path.join(root, name), { recursive: true });
    for (let image = 0; image < imagesPerClass; image++) {
      const base = Array.from({ length: 3 }, () => 80 + random.below(60));
      const phase = random.below(2);
      const pixels = Buffer.alloc(side * side * 3);
      for (let at = 0; at < side * side; at++) {
        const place = isAcross ? at % side : Math.floor(at / side);
        const sign = (isColour ? place + phase : (place + 8 * phase) >> 3) % 2 === 0 ? 1 : -1;
        // Of no luma: 0.299 × 60 − 0.587 × 30.6.
        const along = isColour ? [60, -30.6, 0] : [45, 45, 45];
        along.forEach((own, channel) => {
          pixels[3 * at + channel] = (base[channel] ?? 0) + sign * own + random.below(9);
        });
      }
      const drawn = sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
      await drawn.png().toFile(path.join(root, name, `${image}.png`));
    }
  }
}

let home: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  home = await temporaryFolder();
});
afterAll(() => home.remove());

const inHome = (name: string) => path.join(home.folder, name);
const run = async (...args: string[]) => {
  const ended = await bitbudget([...args, '--store', inHome('store')]);
  expect(ended.code, ended.stderr).toBe(0);
  return ended.stdout;
};
const settings = ['--qualities', '10,80', '--engine', 'cpu', ...quick];
const all = [...settings, '--subsampling', 'both', '--webp'];

describe('all codings', { timeout: 400_000 }, () => {
  it('give full colour to those that live by it, and the copy is what was planned', async () => {
    const [dataset, plan, copy] = [inHome('stripes'), inHome('plan.jsonl'), inHome('copy')];
    await drawClasses(dataset);
    const analysis = JSON.parse(await run('analyze', dataset, ...all, '--json')) as AnalysisSummary;
    expect(analysis).toMatchObject({ qualities: { 0: 10, 1: 80 }, codings: ['4:2:0', '4:4:4', 'webp'] });
    expect(analysis.clusters.every(({ meanSensitivity }) => Object.keys(meanSensitivity).length === 2)).toBe(true);

    const summary = JSON.parse(
      await run('plan', dataset, ...all, '--budget', '30%', '--out', plan, '--json'),
    ) as PlanSummary;
    const [head = '', ...rest] = (await readFile(plan, 'utf8')).trimEnd().split('\n');
    const header = JSON.parse(head) as PlanHeader;
    expect(header).toMatchObject({ codings: ['4:2:0', '4:4:4', 'webp'], qualities: [10, 80] });
    const lines = rest.map((line) => JSON.parse(line) as PlanLine);
    const encoded = lines.filter(({ quality }) => typeof quality === 'number');
    const codingOf = ({ coding = header.codings[0] }: PlanLine) => coding;
    const share = (prefix: string) => {
      const own = encoded.filter(({ label }) => label?.startsWith(prefix));
      return own.filter((line) => codingOf(line) === '4:4:4').length / own.length;
    };
    expect(share('colour')).toBeGreaterThan(0.6);
    expect(share('light')).toBeLessThan(0.2);
    const used = new Set(encoded.map(codingOf));
    expect(used.size).toBeGreaterThan(1);
    for (const [option, files] of Object.entries(summary.mix)) {
      const [quality, coding] = option.split(' ');
      const own = lines.filter((line) => String(line.quality) === quality && line.coding === coding);
      expect([option, files]).toEqual([option, own.length]);
    }
    const words = await run('plan', dataset, ...all, '--budget', '30%', '--out', plan);
    for (const option of Object.keys(summary.mix))
      expect(words).toContain(/^\d/.test(option) ? `quality ${option} ` : option);

    await run('write', plan, copy);
    expect(JSON.parse(await run('verify', copy, '--json')) as VerifySummary).toMatchObject({
      ...{ complete: true, faults: [], bytes: summary.bytes },
    });
    for (const line of lines.filter(({ quality }) => quality !== 'drop')) {
      const file = path.join(copy, line.target);
      expect((await stat(file)).size).toBe(line.planned);
      const facts = await sharp(file).metadata();
      const isWebp = typeof line.quality === 'number' && codingOf(line) === 'webp';
      const format = line.quality === 'original' ? 'png' : isWebp ? 'webp' : 'jpeg';
      expect(facts).toMatchObject({ format, width: side, height: side });
      expect(path.extname(line.target)).toBe({ png: '.png', webp: '.webp', jpeg: '.jpg' }[format]);
      if (format === 'jpeg') expect(facts.chromaSubsampling).toBe(codingOf(line));
    }
    const manifest = await readFile(path.join(copy, 'bitbudget.manifest.jsonl'), 'utf8');
    for (const line of encoded) {
      const coding = codingOf(line);
      const encoding = coding === 'webp' ? `webp q${line.quality}` : `jpeg q${line.quality} ${coding} optimised`;
      expect(manifest).toContain(
        `{"path":"${line.target}","source":"${line.path}","sourceSha256":"${line.sha256 ?? ''}","quality":${line.quality},"encoding":"${encoding}"`,
      );
    }
  });

  it('make plans whose rivals keep to the usual coding, while shuffled deals out them all', async () => {
    const mixOf = async (policy: string) =>
      (
        JSON.parse(
          await run(
            'plan',
            inHome('stripes'),
            ...all,
            '--budget',
            '30%',
            '--policy',
            policy,
            '--out',
            inHome(policy),
            '--json',
          ),
        ) as PlanSummary
      ).mix;
    const usual = ['drop', '10', '80', 'original'];
    expect(usual).toEqual(expect.arrayContaining(Object.keys(await mixOf('random-quality'))));
    expect(await mixOf('shuffled')).toEqual(await mixOf('sensitivity'));
  });

  it('can be changed in the plan, to what was measured and to nothing else', async () => {
    const [plan, edited] = [inHome('plan.jsonl'), inHome('edited.jsonl')];
    const lines = (await readFile(plan, 'utf8')).trimEnd().split('\n');
    const at = lines.findIndex((line) => line.includes('"coding":"4:4:4"'));
    lines[at] = lines[at]?.replace('"coding":"4:4:4"', '"coding":"avif"') ?? '';
    await writeFile(edited, `${lines.join('\n')}\n`);
    const ended = await bitbudget(['write', edited, inHome('edited'), '--store', inHome('store')]);
    expect(ended).toMatchObject({ code: 3, stderr: expect.stringMatching(/coding/) as string });
  });

  it('are refused where a byte can not number them', async () => {
    const qualities = Array.from({ length: 100 }, (_, k) => k + 1).join();
    const args = ['analyze', inHome('stripes'), '--qualities', qualities, '--subsampling', 'both', '--webp'];
    expect(await bitbudget([...args, '--store', inHome('store')])).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/300 encodings of every image, more than the 254/) as string,
    });
  });
});
