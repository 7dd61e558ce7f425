import { rename } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scanDataset, type Dataset } from '../../../src/core/dataset/index.ts';
import { findListed } from '../../../src/core/dataset/listed-image.ts';
import { isNamedAnnotation, pairKey } from '../../../src/core/dataset/pairs.ts';
import { InputError } from '../../../src/core/errors.ts';
import type { Task } from '../../../src/protocol/analysis.ts';
import { folderOf, idxImages, idxLabels, otherOf, png, problemsOf, rowsOf, scan } from './fixtures.ts';

const box = '0 0.5 0.5 0.2 0.2\n';
const voc = '<annotation><size></size></annotation>';

/** Images and other files of a folder by their names, with contents that fit. */
const dataset = (...names: string[]) =>
  folderOf(
    Object.fromEntries(
      names.map((name) => [name, name.endsWith('.txt') ? box : name.endsWith('.xml') ? voc : png] as const),
    ),
  );

const scanAs = (root: string, task: Task) =>
  scanDataset(root, { signal: new AbortController().signal, onProgress: () => undefined }, task);

/** One line a sample: split, path, annotation. */
function annotated(found: Dataset): string[] {
  return Array.from({ length: found.count }, (_, at) =>
    [['train', 'val', 'test'][found.split[at] ?? 0], found.path.at(at), found.annotation?.path.at(at) ?? '-'].join(' '),
  );
}

const coco = (...files: string[]) =>
  JSON.stringify({ info: {}, images: files.map((file_name) => ({ file_name })), annotations: [{ bbox: [] }] });

describe('masks', () => {
  it('beside folders of images, as in CamVid', async () => {
    const found = await scan(
      await dataset('train/images/1.jpg', 'train/masks/1.png', 'val/images/2.jpg', 'val/masks/2.png'),
    );
    expect(found.task).toBe('segmentation');
    expect(found.layout).toBe('images with masks (2 of 2 images have a mask), with train and val splits');
    expect(annotated(found)).toEqual([
      'train train/images/1.jpg train/masks/1.png',
      'val val/images/2.jpg val/masks/2.png',
    ]);
    expect(otherOf(found)).toEqual(['train/masks/1.png', 'val/masks/2.png']);
    expect(problemsOf(found)).toEqual([]);
  });

  it('in folders that end in a word, as in SegNet’s and Kaggle’s CamVid', async () => {
    const found = await scan(await dataset('train/1.png', 'trainannot/1.png', 'test/2.png', 'testannot/2.png'));
    expect(annotated(found)).toEqual(['test test/2.png testannot/2.png', 'train train/1.png trainannot/1.png']);
    const kaggle = await scan(await dataset('train/1.png', 'train_labels/1_L.png', 'class_dict.csv'));
    expect(annotated(kaggle)).toEqual(['train train/1.png train_labels/1_L.png']);
    expect(kaggle.annotation?.naming).toEqual(['class_dict.csv']);
  });

  it('as in Cityscapes, with its other pictures left out', async () => {
    const names = (split: string, city: string) => [
      `leftImg8bit/${split}/${city}/${city}_1_leftImg8bit.png`,
      ...['color', 'instanceIds', 'labelIds'].map((kind) => `gtFine/${split}/${city}/${city}_1_gtFine_${kind}.png`),
      `gtCoarse/${split}/${city}/${city}_1_gtCoarse_labelIds.png`,
    ];
    const trainIds = 'gtFine/val/ulm/ulm_1_gtFine_labelTrainIds.png';
    const found = await scan(await dataset(...names('train', 'aachen'), ...names('val', 'ulm'), trainIds));
    expect(annotated(found)).toEqual([
      'train leftImg8bit/train/aachen/aachen_1_leftImg8bit.png gtFine/train/aachen/aachen_1_gtFine_labelIds.png',
      `val leftImg8bit/val/ulm/ulm_1_leftImg8bit.png ${trainIds}`,
    ]);
    expect(otherOf(found)).toHaveLength(9);
  });

  it('in one folder with their images', async () => {
    const found = await scan(await dataset('a.png', 'a_mask.png', 'b.png', 'b-label.png', 'notes.md'));
    expect(annotated(found)).toEqual(['train a.png a_mask.png', 'train b.png b-label.png']);
    expect(otherOf(found)).toEqual(['a_mask.png', 'b-label.png', 'notes.md']);
  });

  it('that are JPEGs are taken for masks, if there are no better', async () => {
    const found = await scan(
      await dataset('images/1.jpg', 'masks/1.jpg', 'images/2.jpg', 'masks/2.jpg', 'masks/2.png'),
    );
    expect(annotated(found)).toEqual(['train images/1.jpg masks/1.jpg', 'train images/2.jpg masks/2.png']);
  });

  it('may be few where there are no class folders', async () => {
    const found = await scan(
      await dataset('images/1.jpg', 'images/2.jpg', 'images/3.jpg', 'masks/1.png', 'masks/9.png'),
    );
    expect(found.layout).toBe('images with masks (1 of 3 images has a mask)');
    expect(annotated(found)).toEqual(['train images/1.jpg masks/1.png', 'train images/2.jpg ', 'train images/3.jpg ']);
  });

  it('below a folder whose name says annotation too', async () => {
    const found = await scan(await dataset('my_labels/images/1.jpg', 'my_labels/masks/1.png'));
    expect(annotated(found)).toEqual(['train my_labels/images/1.jpg my_labels/masks/1.png']);
  });
});

describe('Pascal VOC', () => {
  const names = [
    ...['1', '2', '3'].flatMap((name) => [`VOC2012/JPEGImages/${name}.jpg`, `VOC2012/Annotations/${name}.xml`]),
    'VOC2012/SegmentationClass/1.png',
    'VOC2012/SegmentationObject/1.png',
  ];
  const lists = { 'train.txt': '1\n', 'val.txt': '2 1\r\n3 -1\n', 'cat_train.txt': '2 1\n', 'trainval.txt': '2\n' };
  const root = async () =>
    folderOf({
      ...Object.fromEntries(names.map((name) => [name, name.endsWith('.xml') ? voc : png])),
      ...Object.fromEntries(Object.entries(lists).map(([name, text]) => [`VOC2012/ImageSets/Main/${name}`, text])),
    });

  it('is read by its XML files and lists, the masks of few images left alone', async () => {
    const found = await scan(await root());
    expect(found.task).toBe('detection');
    expect(found.layout).toBe(
      'images with Pascal VOC files (3 of 3 images have an XML file; left alone: a mask of 1 image), with train and val splits',
    );
    expect(annotated(found)).toEqual([
      'train VOC2012/JPEGImages/1.jpg VOC2012/Annotations/1.xml',
      'val VOC2012/JPEGImages/2.jpg VOC2012/Annotations/2.xml',
      'val VOC2012/JPEGImages/3.jpg VOC2012/Annotations/3.xml',
    ]);
    expect(otherOf(found)).toContain('VOC2012/SegmentationObject/1.png');
  });

  it('is segmentation when that is asked for', async () => {
    const found = await scanAs(await root(), 'segmentation');
    expect(annotated(found)[0]).toBe('train VOC2012/JPEGImages/1.jpg VOC2012/SegmentationClass/1.png');
    expect(found.layout).toMatch(
      /^images with masks \(1 of 3 images has a mask; left alone: an XML file of 3 images\)/,
    );
  });

  it('is not every XML file', async () => {
    const root = await folderOf({ 'a/1.jpg': png, 'b/1.jpg': png, 'a/1.xml': '<photo/>', 'b/1.xml': '<photo/>' });
    expect((await scan(root)).task).toBe('classification');
  });
});

describe('YOLO', () => {
  it('beside images, in folders of splits', async () => {
    const found = await scan(
      await dataset('images/train/1.jpg', 'labels/train/1.txt', 'images/val/2.jpg', 'labels/val/2.txt', 'data.yaml'),
    );
    expect(found.task).toBe('detection');
    expect(found.layout).toBe(
      'images with YOLO label files (2 of 2 images have a label file), with train and val splits',
    );
    expect(annotated(found)).toEqual([
      'train images/train/1.jpg labels/train/1.txt',
      'val images/val/2.jpg labels/val/2.txt',
    ]);
    expect(found.annotation?.naming).toEqual(['data.yaml']);
  });

  it('in one folder, or split first', async () => {
    const one = await scan(await dataset('1.jpg', '1.txt', '2.jpg', 'classes.txt'));
    expect(annotated(one)).toEqual(['train 1.jpg 1.txt', 'train 2.jpg ']);
    const roboflow = await scan(await dataset('train/images/1.jpg', 'train/labels/1.txt', 'valid/images/2.jpg'));
    expect(annotated(roboflow)).toEqual(['train train/images/1.jpg train/labels/1.txt', 'val valid/images/2.jpg ']);
  });

  it('also where a file is broken, empty or begins with a mark', async () => {
    const root = await folderOf({
      ...{ '1.jpg': png, '2.jpg': png, '3.jpg': png, '4.jpg': png },
      ...{ '1.txt': 'broken', '2.txt': ' \n', '3.txt': `\uFEFF${box}`, '4.txt': `\r\n${'0 ' + '0.5 '.repeat(3000)}\n` },
    });
    expect(annotated(await scan(root))).toHaveLength(4);
    expect((await scan(root)).task).toBe('detection');
  });

  it('is not every text: captions leave class folders alone', async () => {
    const names = ['cat/1.jpg', 'cat/2.jpg', 'dog/1.jpg'];
    const texts = names.map((name) => [name.replace('jpg', 'txt'), 'a cat, 1 2 3\n'] as const);
    const found = await scan(
      await folderOf({ ...Object.fromEntries(names.map((n) => [n, png])), ...Object.fromEntries(texts) }),
    );
    expect(found.task).toBe('classification');
    expect(found.layout).toBe('a folder for each class');
    expect(rowsOf(found)).toEqual(['train cat cat/1.jpg', 'train cat cat/2.jpg', 'train dog dog/1.jpg']);
  });
});

describe('COCO', () => {
  it('by its lists, each for its folder', async () => {
    const root = await folderOf({
      ...{ 'train2017/1.jpg': png, 'train2017/2.jpg': png, 'val2017/1.jpg': png },
      'annotations/captions_train2017.json': JSON.stringify({ info: {}, images: [{ file_name: '2.jpg' }] }),
      'annotations/instances_train2017.json': coco('1.jpg'),
      'annotations/instances_val2017.json': coco('1.jpg'),
    });
    const found = await scan(root);
    expect(found.layout).toBe(
      'images listed in COCO JSON (2 of 3 images have a place in the list), with train and val splits',
    );
    expect(annotated(found)).toEqual([
      'train train2017/1.jpg annotations/instances_train2017.json',
      'train train2017/2.jpg ',
      'val val2017/1.jpg annotations/instances_val2017.json',
    ]);
  });

  it('with lists in the folders, with folders in the names, with other slashes', async () => {
    const root = await folderOf({
      ...{ 'data/train/1.jpg': png, 'data/valid/1.jpg': png, 'data/valid/2.jpg': png },
      'data/train/_annotations.coco.json': coco('1.jpg'),
      'data/valid/_annotations.coco.json': coco('./valid\\\\1.jpg'.replace('\\\\', '\\'), 'elsewhere/2.jpg'),
    });
    expect(annotated(await scan(root))).toEqual([
      'train data/train/1.jpg data/train/_annotations.coco.json',
      'val data/valid/1.jpg data/valid/_annotations.coco.json',
      'val data/valid/2.jpg data/valid/_annotations.coco.json',
    ]);
  });

  it('is not every JSON file, and a broken one harms nothing', async () => {
    const root = await folderOf({
      ...{ 'cat/1.jpg': png, 'dog/2.jpg': png },
      'package.json': '{"info": 1, "name": "x"}',
      'broken.json': '{"images": [{"file_name": "1\\x.jpg"}, "bbox"',
      'list.json': '[1, 2]',
    });
    expect((await scan(root)).task).toBe('classification');
  });

  it('finds images whose extension a copy changed, never another of the same stem', () => {
    const find = findListed(['a/1.jpg', 'a/1.png.jpg', 'a/2.jpg', 'b/2.jpg', 'b/3.jpg']);
    expect(find('1.png', 'list.json')).toBe('a/1.png.jpg');
    expect(find('1.jpg', 'list.json')).toBe('a/1.jpg');
    expect(find('3.png', 'list.json')).toBe('b/3.jpg');
    expect(find('b/2.png', 'list.json')).toBe('b/2.jpg');
    expect(find('2.png', 'annotations/b.json')).toBe('b/2.jpg');
    expect(find('2.png', 'list.json')).toBeUndefined();
    expect(find('none.png', 'list.json')).toBeUndefined();
  });
});

describe('class folders', () => {
  it('stay what they are, also when a class is called labels', async () => {
    const found = await scan(
      await dataset('train/labels/1.png', 'train/cats/1.png', 'train/cats/2.png', 'readme.json'),
    );
    expect(found.task).toBe('classification');
    expect(found.classes).toEqual(['cats', 'labels']);
    expect(found.layout).toBe('a folder for each class');
  });

  it('with too few annotations say what was left alone, and masks are no samples', async () => {
    const few = await scan(
      await dataset('cat/1.jpg', 'cat/2.jpg', 'dog/1.jpg', 'dog/2.jpg', 'dog/3.jpg', 'cat/1.txt', 'cat/2_mask.png'),
    );
    expect(few.task).toBe('classification');
    expect(few.count).toBe(5);
    expect(few.layout).toBe('a folder for each class (left alone: a mask of 1 image and a label file of 1 image)');
    expect(few.annotation).toBeUndefined();
    expect(otherOf(few)).toEqual(['cat/2_mask.png', 'cat/1.txt']);
  });

  it('are taken when that is asked for, without the masks in them', async () => {
    const root = await dataset('covid/images/1.png', 'covid/masks/1.png', 'normal/images/1.png', 'normal/masks/1.png');
    expect((await scan(root)).task).toBe('segmentation');
    const found = await scanAs(root, 'classification');
    expect(rowsOf(found)).toEqual(['train covid covid/images/1.png', 'train normal normal/images/1.png']);
    expect(found.layout).toBe('a folder for each class (left alone: a mask of 2 images)');
  });

  it('refuse a task without annotations, and say what is missing', async () => {
    const root = await dataset('cat/1.jpg', 'dog/1.jpg');
    await expect(scanAs(root, 'segmentation')).rejects.toThrow(InputError);
    await expect(scanAs(root, 'segmentation')).rejects.toThrow(
      /asked for segmentation but found no masks beside the images \(train\/masks beside train\/images\)$/,
    );
    await expect(scanAs(root, 'detection')).rejects.toThrow(
      /found no boxes \(YOLO txt, Pascal VOC XML or COCO JSON\)$/,
    );
    expect((await scanAs(root, 'classification')).classes).toEqual(['cat', 'dog']);
    const flat = await dataset('1.jpg', 'notes.md');
    expect((await scan(flat)).layout).toBe('images without class folders');
  });
});

it('packed images have a class each, and no other task', async () => {
  const root = await folderOf({
    'train-images-idx3-ubyte': idxImages(2, 4, 4),
    'train-labels-idx1-ubyte': idxLabels(0, 1),
  });
  await expect(scanAs(root, 'detection')).rejects.toThrow(InputError);
  await expect(scanAs(root, 'detection')).rejects.toThrow(/asked for detection but found packed files.*: train-images/);
  expect((await scanAs(root, 'classification')).count).toBe(2);
});

describe('a copy of ours', () => {
  it('has the same annotations, though PNGs became JPEGs', async () => {
    const root = await dataset('images/1.png', 'masks/1.png', 'images/2.png', 'masks/2.png');
    for (const name of ['1', '2'])
      await rename(path.join(root, `images/${name}.png`), path.join(root, `images/${name}.jpg`));
    expect(annotated(await scan(root))).toEqual(['train images/1.jpg masks/1.png', 'train images/2.jpg masks/2.png']);
  });
});

describe('names', () => {
  it('that go together have the same key', () => {
    for (const [image, annotation] of [
      ['train/images/1.jpg', 'train/masks/1.png'],
      ['images/train/1.jpg', 'labels/train/1.txt'],
      ['VOC/JPEGImages/1.jpg', 'VOC/Annotations/1.xml'],
      ['images/Birman_1.jpg', 'annotations/xmls/Birman_1.xml'],
      ['images/Birman_1.jpg', 'annotations/trimaps/Birman_1.png'],
      ['train/1_sat.jpg', 'train/1_mask.png'],
      ['images/1.png', 'labels/1_P.png'],
      ['training/images/1.jpg', 'training/instances/1.png'],
    ] as const) {
      expect(pairKey(image), image).toBe(pairKey(annotation));
      if (annotation.endsWith('png')) expect(isNamedAnnotation(annotation), annotation).toBe(true);
      expect(isNamedAnnotation(image), image).toBe(false);
    }
    expect(pairKey('a/1.jpg')).not.toBe(pairKey('b/1.jpg'));
  });

  it('of a million files are looked at in seconds', () => {
    const started = performance.now();
    let found = 0;
    for (let k = 0; k < 1_000_000; k++)
      if (isNamedAnnotation(`train/n0${k % 1000}/n0${k % 1000}_${k}.JPEG`)) found += 1;
    expect(found).toBe(0);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
