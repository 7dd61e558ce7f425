import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteModels, countedBytes, endBytes } from '../../../src/protocol/byte-model.ts';

const sizes = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const names = fc.integer({ min: 1, max: 5000 });
const unit = { plain: 1, blocks: 4096, tar: 512 };

describe('byte models', () => {
  it.each(byteModels)('%s: counts no less than the content, in whole units, and never less for more', (model) => {
    fc.assert(
      fc.property(
        sizes,
        names,
        fc.integer({ min: 0, max: 9000 }),
        fc.integer({ min: 0, max: 600 }),
        (bytes, name, more, longer) => {
          const counted = countedBytes(model, bytes, name);
          expect(counted).toBeGreaterThanOrEqual(bytes);
          expect(counted % unit[model]).toBe(0);
          expect(countedBytes(model, bytes + more, name)).toBeGreaterThanOrEqual(counted);
          expect(countedBytes(model, bytes, name + longer)).toBeGreaterThanOrEqual(counted);
          // A file shares no block with another: two are never counted as less than one of both.
          expect(counted + countedBytes(model, more, name)).toBeGreaterThanOrEqual(
            countedBytes(model, bytes + more, name),
          );
        },
      ),
    );
  });

  it('adds what its format says', () => {
    const counted = (model: (typeof byteModels)[number], name = 10) =>
      [0, 1, 512, 513, 4096, 4097].map((bytes) => countedBytes(model, bytes, name));
    expect(counted('plain')).toEqual([0, 1, 512, 513, 4096, 4097]);
    expect(counted('blocks')).toEqual([0, 4096, 4096, 4096, 4096, 8192]);
    expect(counted('tar')).toEqual([512, 1024, 1024, 1536, 4608, 5120]);
    expect(counted('tar', 100)).toEqual(counted('tar'));
    expect(counted('tar', 101)).toEqual(counted('tar').map((own) => own + 1024));
    expect(byteModels.map(endBytes)).toEqual([0, 0, 10_752]);
  });
});
