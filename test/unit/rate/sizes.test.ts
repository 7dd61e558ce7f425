import { rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { measureRates, measureSizes } from '../../../src/core/rate/index.ts';
import { folderOf, scan } from '../dataset/fixtures.ts';
import { picture } from '../images.ts';
import { countingPorts, job, options } from './counting-ports.ts';

async function measuring() {
  const { store, encoder, count } = await countingPorts();
  const root = await folderOf({
    'a/1.png': await picture(1).png().toBuffer(),
    'a/2.jpg': await picture(2).jpeg({ quality: 50 }).toBuffer(),
    'b/3.png': await picture(3, 40, 30).png().toBuffer(),
  });
  const dataset = await scan(root);
  const ports = { encoder, store };
  const ratesAt = (qualities: number[]) => measureRates(dataset, qualities, options, ports, job);
  const rates = await ratesAt([10, 90]);
  const sizes = (quality: number, samples: number[], signal = job.signal) =>
    measureSizes({ dataset, rates, samples: Uint32Array.from(samples) }, { coding: '4:2:0', quality }, options, ports, {
      ...job,
      signal,
    });
  return { root, ratesAt, sizes, rates, count };
}

describe('sizes', () => {
  it('are what the rates of that quality are, and the original where it is not offered', async () => {
    const { sizes, ratesAt, rates } = await measuring();
    const { encoded } = await ratesAt([10, 37, 77]);
    expect([...(await sizes(37, [2, 0, 1]))]).toEqual([encoded[7], encoded[1], encoded[4]]);
    expect([...(await sizes(77, [0, 1]))]).toEqual([encoded[2], rates.original[1]]);
    expect([...(await sizes(10, [0, 1, 2]))]).toEqual([encoded[0], encoded[3], encoded[6]]);
    expect([...(await sizes(90, [1]))]).toEqual([rates.original[1]]);
  });

  it('are measured once, and not where the rates know them', async () => {
    const { sizes, count } = await measuring();
    count.encoded = 0;
    await sizes(90, [0, 1, 2]);
    expect(count.encoded).toBe(0);
    const first = await sizes(37, [0, 1]);
    expect(count.encoded).toBe(2);
    expect((await sizes(37, [0, 1, 2])).subarray(0, 2)).toEqual(first);
    expect(count.encoded).toBe(3);
  });

  it('stop when they are cancelled, and name a file that is gone', async () => {
    const { sizes, root } = await measuring();
    await expect(sizes(40, [0], AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    await rm(path.join(root, 'b/3.png'));
    await expect(sizes(40, [2])).rejects.toThrow(/^b\/3.png: could be read before/);
  });
});
