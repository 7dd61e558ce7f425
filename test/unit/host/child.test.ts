/** The real worker, started as both shells start it. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ChildEnded, startChild, type Child } from '../../../src/host/child.ts';
import { Analyze, defaultSettings, GetFrontier, Scan } from '../../../src/protocol/worker.ts';
import { folderOf } from '../dataset/fixtures.ts';
import { picture } from '../images.ts';

const workerPath = path.resolve('dist/worker.cjs');

async function started(sharp: 'native' | 'wasm' = 'native'): Promise<Child> {
  if (!existsSync(workerPath)) throw new Error(`${workerPath} is not there: npm run build`);
  const storeFolder = await mkdtemp(path.join(tmpdir(), 'bitbudget-store-'));
  const runtime = { execPath: process.execPath, env: {}, sharp };
  const child = await startChild({ runtime, workerPath, storeFolder, log: () => undefined });
  onTestFinished(async () => {
    child.dispose();
    await child.ended;
    await rm(storeFolder, { recursive: true, force: true });
  });
  return child;
}

async function images(count: number): Promise<string> {
  const files = Array.from({ length: count }, async (_, number) => {
    const name = `${['cat', 'dog'][number % 2] ?? ''}/${number}.png`;
    return [name, await picture(number).png().toBuffer()] as const;
  });
  return folderOf(Object.fromEntries(await Promise.all(files)));
}

const settings = { ...defaultSettings, qualities: [10, 90], folds: 2, seeds: 1, epochs: 1, probeSide: 16 };

describe('the child process', () => {
  it('answers, and sends typed arrays as typed arrays', async () => {
    const child = await started();
    expect(child.info).toMatchObject({ sharp: 'native', node: process.versions.node });
    const stages = new Set<string>();
    child.onProgress(({ stage }) => stages.add(stage));
    const { qualities } = await child.request(Analyze, { folder: await images(20), settings });
    expect(qualities).toEqual(Uint8Array.of(10, 90));
    const { bytesAfter } = await child.request(GetFrontier, undefined);
    expect(bytesAfter).toBeInstanceOf(Float64Array);
    expect([...stages]).toEqual(['scan', 'rate', 'duplicates', 'views', 'probe', 'allocate']);
  });

  it('gives the reason and the kind of a failure', async () => {
    const child = await started();
    await expect(child.request(Scan, { folder: '/nowhere/at/all' })).rejects.toMatchObject({
      message: expect.stringContaining('/nowhere/at/all') as string,
      data: { code: 'input' },
    });
    await expect(child.request(GetFrontier, undefined)).rejects.toMatchObject({ data: { code: 'usage' } });
  });

  it('stops what is cancelled and stays ready', async () => {
    const child = await started();
    const controller = new AbortController();
    child.onProgress(({ stage }) => {
      if (stage === 'probe') controller.abort();
    });
    const folder = await images(20);
    await expect(child.request(Analyze, { folder, settings }, controller.signal)).rejects.toThrow(/abort/i);
    expect(await child.request(Scan, { folder })).toMatchObject({ samples: 20 });
  });

  it('that dies rejects what is under way', async () => {
    const child = await started();
    child.onProgress(({ stage }) => {
      if (stage === 'probe') process.kill(child.info.processId, 'SIGKILL');
    });
    await expect(child.request(Analyze, { folder: await images(20), settings })).rejects.toThrow(ChildEnded);
    expect(await child.ended).toBe('was ended by SIGKILL');
    await expect(child.request(Scan, { folder: '/' })).rejects.toThrow(ChildEnded);
  });

  it('that can not be started says why', async () => {
    const runtime = { execPath: '/no/such/node', env: {}, sharp: 'native' } as const;
    const starting = startChild({ runtime, workerPath, storeFolder: tmpdir(), log: () => undefined });
    await expect(starting).rejects.toThrow(/could not be started.*ENOENT/);
  });

  it('measures the same bytes with the WebAssembly sharp', async () => {
    const folder = await images(20);
    const frontiers = [];
    for (const sharp of ['native', 'wasm'] as const) {
      const child = await started(sharp);
      expect(child.info.sharp).toBe(sharp);
      await child.request(Analyze, { folder, settings });
      const { bytesAfter, startBytes } = await child.request(GetFrontier, undefined);
      frontiers.push({ most: bytesAfter.at(-1), startBytes });
    }
    expect(frontiers[1]).toEqual(frontiers[0]);
  });
});
