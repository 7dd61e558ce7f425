import { execFileSync } from 'node:child_process';
import { chmod, mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scanDataset, summarizeDataset } from '../../../src/core/dataset/index.ts';
import { InputError } from '../../../src/core/errors.ts';
import type { StageProgress } from '../../../src/protocol/analysis.ts';
import { folderOf, imagesAt, otherOf, png, problemsOf, rowsOf, scan } from './fixtures.ts';

const posix = process.platform !== 'win32';
const mayReadAll = process.getuid?.() === 0;

describe('scanDataset', () => {
  it('orders samples by path, in code units', async () => {
    const dataset = await scan(await imagesAt('a/b.png', 'a.png', 'a-b/c.png', 'B/é.png', 'a/B.PNG'));
    const paths = rowsOf(dataset).map((row) => row.split(' ')[2] ?? '');
    expect(paths).toEqual(['B/é.png', 'a-b/c.png', 'a.png', 'a/B.PNG', 'a/b.png']);
    expect(paths).toEqual([...paths].sort());
  });

  it('tells samples, other files and what is passed over apart', async () => {
    const dataset = await scan(
      await folderOf({
        'cat/1.png': png,
        'cat/png-named.jpg': png,
        'cat/1.txt': 'a note',
        'labels.csv': 'x,y',
        '.git/x.png': png,
        'cat/._1.png': 'junk',
        'cat/Thumbs.db': 'junk',
        '__MACOSX/cat/1.png': png,
      }),
    );
    expect(rowsOf(dataset)).toEqual(['train cat cat/1.png', 'train cat cat/png-named.jpg']);
    expect(otherOf(dataset)).toEqual(['cat/1.txt', 'labels.csv']);
    expect(problemsOf(dataset)).toEqual([]);
    expect(summarizeDataset(dataset)).toMatchObject({
      samples: 2,
      samplesBySplit: { train: 2, val: 0, test: 0 },
      bytes: 2 * png.length,
      otherFiles: 2,
      otherBytes: 9,
      problems: { total: 0, first: [] },
    });
  });

  it('lists images that are none', async () => {
    const files = {
      'a/0.jpg': '',
      'a/1.jpg': 'words',
      'a/2.jpg': '<!DOCTYPE html>',
      'a/3.jpg': Buffer.from([0, 1, 2, 3]),
    };
    const dataset = await scan(await folderOf({ ...files, 'a/ok.png': png }));
    expect(dataset.count).toBe(1);
    expect(problemsOf(dataset)).toEqual([
      'unreadable a/0.jpg: the file is empty',
      'unreadable a/1.jpg: text, not an image',
      'unreadable a/2.jpg: a web page, not an image: its download may have failed',
      'unreadable a/3.jpg: begins with 00010203, like no known image format',
    ]);
  });

  it('says that a folder is a copy of ours', async () => {
    const dataset = await scan(await folderOf({ 'a/1.png': png, 'bitbudget.manifest.jsonl': '{}' }));
    expect(problemsOf(dataset)[0]).toMatch(/^skipped bitbudget.manifest.jsonl: this folder is itself a copy/);
    expect(otherOf(dataset)).toEqual([]);
  });

  it('refuses what holds no dataset, and says why', async () => {
    const root = await folderOf({ 'notes.txt': 'none', 'broken.png': '' });
    await expect(scan(path.join(root, 'missing'))).rejects.toThrow(/does not exist/);
    await expect(scan(path.join(root, 'notes.txt'))).rejects.toThrow(/is a file/);
    await expect(scan(root)).rejects.toThrow(/^No images in .*expected PNG, JPEG.*broken.png: the file is empty$/);
    await expect(scan(root)).rejects.toBeInstanceOf(InputError);
  });

  it('reports progress and stops when asked to', async () => {
    const root = await imagesAt(...Array.from({ length: 1100 }, (_, at) => `a/${at}.png`));
    const reports: StageProgress[] = [];
    const controller = new AbortController();
    const whole = await scanDataset(root, { signal: controller.signal, onProgress: (one) => reports.push(one) });
    expect(whole.count).toBe(1100);
    expect(reports.map(({ done }) => done)).toEqual([512, 1024, 1100]);
    const stopped = scanDataset(root, {
      signal: controller.signal,
      onProgress: () => {
        controller.abort();
      },
    });
    await expect(stopped).rejects.toThrow(/abort/);
  });
});

describe.skipIf(!posix)('scanDataset, on a POSIX file system', () => {
  it('follows links to files and names the ones that lead nowhere', async () => {
    const root = await imagesAt('a/1.png');
    await symlink('1.png', path.join(root, 'a/2.png'));
    await symlink('gone.png', path.join(root, 'a/3.png'));
    await symlink('4.png', path.join(root, 'a/4.png'));
    const dataset = await scan(root);
    expect(rowsOf(dataset)).toEqual(['train a a/1.png', 'train a a/2.png']);
    expect(problemsOf(dataset)).toEqual([
      'unreadable a/3.png: a link to nothing',
      'unreadable a/4.png: a link that leads in a circle',
    ]);
  });

  it('enters linked directories once, inside the folder only', async () => {
    const outside = await imagesAt('9.png');
    const root = await imagesAt('a/1.png', '.cache/b/2.png');
    await symlink('..', path.join(root, 'a/up'));
    await symlink('a', path.join(root, 'again'));
    await symlink('.cache/b', path.join(root, 'b'));
    await symlink('.cache/b', path.join(root, 'c'));
    await symlink(outside, path.join(root, 'out'));
    const dataset = await scan(root);
    expect(rowsOf(dataset)).toEqual(['train a a/1.png', 'train b b/2.png']);
    expect(problemsOf(dataset)).toEqual([
      'skipped a/up: a link to this folder itself',
      'skipped again: a link to a, which is scanned already',
      'skipped c: the same directory was already scanned under another name',
      'skipped out: a link to a directory outside of this folder',
    ]);
  });

  it('scans a folder that is given as a link', async () => {
    const root = await imagesAt('a/1.png');
    const folder = await folderOf({});
    await symlink(root, path.join(folder, 'link'));
    expect((await scan(path.join(folder, 'link'))).root).toBe(await realpath(root));
  });

  it('opens no pipe, be it linked or not', async () => {
    const root = await imagesAt('a/1.png');
    execFileSync('mkfifo', [path.join(root, 'a/pipe.png')]);
    await symlink('pipe.png', path.join(root, 'a/linked.png'));
    const reason = 'neither a file nor a directory, but a pipe, socket or device';
    expect(problemsOf(await scan(root))).toEqual([`skipped a/linked.png: ${reason}`, `skipped a/pipe.png: ${reason}`]);
  });

  it('takes names with control characters and lists those that are not Unicode', async () => {
    const root = await imagesAt('a/new\nline\t.png');
    await writeFile(Buffer.concat([Buffer.from(`${root}/a/`), Buffer.from([0xff, 0xfe]), Buffer.from('.png')]), png);
    const dataset = await scan(root);
    expect(rowsOf(dataset)).toEqual(['train a a/new\nline\t.png']);
    expect(problemsOf(dataset)).toEqual(['unreadable a/\uFFFD\uFFFD.png: its name is not valid Unicode: rename it']);
  });

  it.skipIf(mayReadAll)('goes on past what it may not read (skipped: root reads everything)', async () => {
    const root = await imagesAt('a/1.png', 'a/2.png');
    await mkdir(path.join(root, 'closed'), { mode: 0 });
    await chmod(path.join(root, 'a/2.png'), 0);
    expect(problemsOf(await scan(root))).toEqual([
      'unreadable closed: no permission to read it',
      'unreadable a/2.png: no permission to read it',
    ]);
  });
});
