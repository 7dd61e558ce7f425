import { describe, expect, it } from 'vitest';
import { allocate } from '../../src/protocol/frontier.ts';
import { formatBytes, formatShare } from '../../src/protocol/format.ts';
import { budgetInBytes, parseBudget } from '../../src/protocol/budget.ts';
import {
  agrees,
  budgetRange,
  clampBudget,
  clusterEnds,
  clusterMeans,
  clusterOfSamples,
  orderByOption,
} from '../../webview/plan.ts';
import { readSaved } from '../../webview/saved.ts';
import { fakeDataset } from './frontier.ts';

const dataset = fakeDataset(600);
const { frontier, summary } = dataset;
const byCluster = dataset.order('cluster');
const cluster = clusterOfSamples(byCluster, summary.clusters);
const { option } = allocate(frontier, summary.originalBytes * 0.4);

describe('budgets as people type them', () => {
  it.each([
    ['40%', 400_000],
    [' 12.5 % ', 125_000],
    ['12 MB', 12e6],
    ['1,200 kB', 1.2e6],
    ['1,5 GB', 1.5e9],
    ['2MiB', 2 * 1024 * 1024],
  ])('reads %s', (text, bytes) => {
    const budget = parseBudget(text);
    expect(budget && budgetInBytes(budget, 1e6)).toBe(bytes);
  });

  it.each(['', '40', 'MB', '-3 MB', '12 parsecs', '1.2.3 MB'])('refuses "%s"', (text) => {
    expect(parseBudget(text)).toBeUndefined();
  });

  it('keeps them within what a plan can take', () => {
    const range = budgetRange(frontier, summary.originalBytes);
    expect(clampBudget(1, range)).toBe(frontier.startBytes);
    expect(clampBudget(1e15, range)).toBe(summary.originalBytes);
  });

  it('reaches further where training time takes a part of them', () => {
    const weightAfter = frontier.bytesAfter.map((bytes, k) => bytes + 1e5 * k);
    const range = budgetRange({ ...frontier, timeBytesPerImage: 1e5, weightAfter }, summary.originalBytes);
    expect(range).toEqual({ smallest: frontier.startBytes, largest: weightAfter.at(-1) });
  });
});

describe('numbers in words', () => {
  it('rounds to the next unit rather than to four digits', () => {
    expect(formatBytes(999)).toBe('999 B');
    expect(formatBytes(999_600)).toBe('1.00 MB');
    expect(formatShare(0.00001, 2)).toBe('< 0.01 %');
  });
});

describe('plans', () => {
  it('sorts by option, and by sample within one', () => {
    const order = orderByOption(option, frontier.encodings.length + 2);
    const expected = [...option.keys()].sort((a, b) => (option[a] ?? 0) - (option[b] ?? 0) || a - b);
    expect([...order]).toEqual(expected);
  });

  it('finds the cluster of every sample from their order, and notices where it does not fit', () => {
    const all = Uint32Array.from(cluster.keys());
    expect([...cluster]).toEqual([...dataset.rows(all).cluster]);
    const ends = clusterEnds(byCluster, summary.clusters);
    expect(agrees(cluster, ends, dataset.rows(ends))).toBe(true);
    const shifted = summary.clusters.map((one, index) => ({ ...one, samples: one.samples + (index === 1 ? 3 : 0) }));
    const wrongEnds = clusterEnds(byCluster, shifted);
    expect(agrees(clusterOfSamples(byCluster, shifted), wrongEnds, dataset.rows(wrongEnds))).toBe(false);
  });

  it('counts every clustered sample once', () => {
    const means = clusterMeans(option, cluster, summary.clusters.length, frontier.encodings);
    expect(means.map(({ compressed, original, dropped }) => compressed + original + dropped)).toEqual(
      summary.clusters.map(({ samples }) => samples),
    );
  });
});

describe('the kept state', () => {
  it.each([undefined, 'text', {}, { share: -1, sort: { by: 'size' } }])('falls back from %o', (state) => {
    expect(readSaved(state)).toEqual({ share: 0.4, sort: { by: 'path', descending: false } });
  });
});
