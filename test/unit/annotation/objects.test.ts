import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answersKey, answersOf } from '../../../src/core/annotation/index.ts';
import { rarestClass } from '../../../src/core/annotation/rarest.ts';
import type { Dataset } from '../../../src/core/dataset/index.ts';
import { png, problemsOf } from '../dataset/fixtures.ts';
import { annotatedDataset } from './job.ts';

/** One line an object: its sample, class and corners. */
function objectsOf({ objects, classes, path }: Dataset): string[] {
  if (!objects) return [];
  return Array.from({ length: path.length }, (_, i) => i).flatMap((i) =>
    Array.from({ length: (objects.first[i + 1] ?? 0) - (objects.first[i] ?? 0) }, (_, k) => {
      const at = (objects.first[i] ?? 0) + k;
      const corners = [...objects.corners.subarray(4 * at, 4 * at + 4)].map((own) => own.toFixed(2));
      return `${path.at(i)} ${classes[objects.label[at] ?? -1] ?? '?'} ${corners.join(' ')}`;
    }),
  );
}

const labels = ({ label, classes }: Dataset) => Array.from(label, (own) => classes[own] ?? '-');

describe('YOLO', () => {
  const images = { 'images/1.jpg': png, 'images/2.jpg': png, 'images/3.jpg': png, 'images/4.jpg': png };

  it('names, orders and counts classes', async () => {
    const dataset = await annotatedDataset({
      ...images,
      'data.yaml': 'train: images\nnames:\n  0: person\n  2: cat\n  7: unseen\n',
      'labels/1.txt': '0 .5 .5 .2 .2\n2 .5 .5 .4 .4\n10 .5 .5 1 1\n9 .5 .5 1 1\n',
      'labels/2.txt': '0 .5 .5 .2 .2\n',
      'labels/3.txt': '0 .5 .5 .2 .2 and\n',
    });
    expect(dataset.classes).toEqual(['person', 'cat', '9', '10', 'no object']);
    expect(dataset.objects?.classes).toBe(4);
    expect(objectsOf(dataset)).toEqual([
      'images/1.jpg person 0.40 0.40 0.60 0.60',
      'images/1.jpg cat 0.30 0.30 0.70 0.70',
      'images/1.jpg 10 0.00 0.00 1.00 1.00',
      'images/1.jpg 9 0.00 0.00 1.00 1.00',
      'images/2.jpg person 0.40 0.40 0.60 0.60',
    ]);
    expect(labels(dataset)).toEqual([expect.stringMatching(/cat|9|10/), 'person', '-', 'no object']);
    expect(problemsOf(dataset)).toEqual([
      'unlabelled images/3.jpg: labels/3.txt: line 1: expected a class and four shares, or a polygon, but found "0 .5 .5 .2 .2 and"',
    ]);
  });

  it.each([
    ['classes.txt', 'person\r\ndog\r\n'],
    ['data.yml', 'names: [person, dog]'],
    ['obj.names', 'person\ndog'],
  ])('takes names from %s', async (name, text) => {
    const dataset = await annotatedDataset({ ...images, [name]: text, 'labels/1.txt': '1 .5 .5 .2 .2\r\n' });
    expect(dataset.classes).toEqual(['dog', 'no object']);
  });

  it.each(['names: cat', 'names: {cat: 0}', 'a: [', '- 1', ''])('does without names from %s', async (text) => {
    const dataset = await annotatedDataset({ ...images, 'data.yaml': text, 'labels/1.txt': '1 .5 .5 .2 .2' });
    expect(dataset.classes).toEqual(['1', 'no object']);
  });

  it('says which boxes it left out', async () => {
    const pixels = '0 320 240 100 50\n0 .5 .5 .2 .2\n0 .5 .5 -.2 .2\n';
    const dataset = await annotatedDataset({ ...images, 'labels/1.txt': pixels });
    expect(objectsOf(dataset)).toHaveLength(1);
    expect(problemsOf(dataset)).toEqual([
      'skipped images/1.jpg: 2 of its 3 boxes left out: outside of the image, or without an area',
    ]);
  });

  it('takes no image for empty whose split was never labelled', async () => {
    const dataset = await annotatedDataset({
      ...{ 'images/train/1.jpg': png, 'images/train/2.jpg': png, 'images/test/3.jpg': png },
      'labels/train/1.txt': '0 .5 .5 .2 .2\n',
    });
    expect(dataset.path.at(0)).toBe('images/test/3.jpg');
    expect(labels(dataset)).toEqual(['-', '0', 'no object']);
    expect(problemsOf(dataset)).toEqual(['unlabelled images/test/3.jpg: no image of its split has a label file']);
  });
});

describe('COCO', () => {
  it('gives images the objects of their own list', async () => {
    const list = (name: string, more: object = {}) =>
      JSON.stringify({
        info: {},
        images: [{ id: 1, file_name: '1.png', width: 100, height: 100 }],
        annotations: [
          { image_id: 1, category_id: 3, bbox: [10, 10, 30, 30] },
          { image_id: 1, category_id: 4, bbox: [0, 0, 0, 5] },
        ],
        categories: [
          { id: 3, name },
          { id: 4, name: 'thin' },
        ],
        ...more,
      });
    const dataset = await annotatedDataset({
      ...{ 'train/1.jpg': png, 'val/1.jpg': png, 'val/2.jpg': png },
      'annotations/instances_train.json': list('zebra'),
      'annotations/instances_val.json': list('ant'),
    });
    expect(objectsOf(dataset)).toEqual(['train/1.jpg zebra 0.10 0.10 0.40 0.40', 'val/1.jpg ant 0.10 0.10 0.40 0.40']);
    expect(dataset.classes).toEqual(['zebra', 'ant']);
    expect(problemsOf(dataset)).toEqual([
      'skipped train/1.jpg: 1 of its 2 boxes left out: outside of the image, or without an area',
      'skipped val/1.jpg: 1 of its 2 boxes left out: outside of the image, or without an area',
      'unlabelled val/2.jpg: is in no COCO list that can be read',
    ]);
  });

  it('that can not be read is a problem of the list and its images', async () => {
    const text = '{"images": [{"id": 1, "file_name": "1.jpg"}], "annotations": [{"bbox": []}]}';
    const dataset = await annotatedDataset({ '1.jpg': png, '2.jpg': png, 'instances.json': text });
    expect(labels(dataset)).toEqual(['-', '-']);
    expect(problemsOf(dataset).map((line) => line.slice(0, 48))).toEqual([
      'unlabelled instances.json: images.0.width: Inval',
      'unlabelled 1.jpg: is in no COCO list that can be',
      'unlabelled 2.jpg: is in no COCO list that can be',
    ]);
  });
});

describe('Pascal VOC', () => {
  it('leaves images without a readable file unlabelled', async () => {
    const object = (name: string) =>
      `<object><name>${name}</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object>`;
    const file = (...names: string[]) =>
      `<annotation><size><width>10</width><height>10</height></size>${names.map(object).join('')}</annotation>`;
    const dataset = await annotatedDataset({
      ...{ '1.jpg': png, '2.jpg': png, '3.jpg': png, '4.jpg': png },
      ...{ '1.xml': file('b', 'a'), '2.xml': file('b'), '3.xml': '<annotation>' },
    });
    expect(labels(dataset)).toEqual(['a', 'b', '-', '-']);
    expect(problemsOf(dataset)).toEqual([
      'unlabelled 3.jpg: 3.xml: is no XML that ends with </annotation>',
      'unlabelled 4.jpg: has no XML file',
    ]);
  });
});

const objectLists = fc.array(
  fc.array(fc.record({ label: fc.nat(4), corner: fc.float({ min: 0, max: 1, noNaN: true }), hard: fc.nat(1) }), {
    maxLength: 5,
  }),
  { minLength: 1, maxLength: 12 },
);

describe('answers', () => {
  it('keep every box with its sample', () => {
    fc.assert(
      fc.property(objectLists, fc.array(fc.nat(11)), (lists, wanted) => {
        const all = lists.flat();
        const objects = {
          first: Uint32Array.from([0, ...lists.map((_, k) => lists.slice(0, k + 1).flat().length)]),
          label: Int32Array.from(all, ({ label }) => label),
          classes: 5,
          corners: Float32Array.from(all.flatMap(({ corner }) => [corner, corner / 2, 1, 0.5])),
          difficult: Uint8Array.from(all, ({ hard }) => hard),
        };
        const dataset = { task: 'detection', classes: [], objects } as unknown as Dataset;
        const samples = Uint32Array.from(wanted.map((own) => own % lists.length));
        const { answers, classes } = answersOf(dataset, samples);
        expect(classes).toBe(5);
        if (answers.kind !== 'boxes') throw new Error('expected boxes');
        const { first, label, corners, difficult } = answers.objects;
        samples.forEach((i, row) => {
          const [from, to] = [first[row] as number, first[row + 1] as number];
          expect([...label.subarray(from, to)]).toEqual(lists[i]?.map((own) => own.label));
          expect([...difficult.subarray(from, to)]).toEqual(lists[i]?.map(({ hard }) => hard));
          const expected = lists[i]?.flatMap(({ corner }) => [corner, corner / 2, 1, 0.5]) ?? [];
          expect(corners.subarray(4 * from, 4 * to)).toEqual(Float32Array.from(expected));
        });
        expect(first.at(-1)).toBe(label.length);
        const other = { ...objects, corners: objects.corners.map((own) => own / 3 + 0.1) };
        if (label.length > 0)
          expect(answersKey({ ...dataset, objects: other }, samples)).not.toBe(answersKey(dataset, samples));
      }),
    );
  });

  it('are spread by the class that fewest samples have', () => {
    expect([...rarestClass([[0, 1], [0], [2, 0, 1], undefined, [], []], 3)]).toEqual([1, 0, 2, -1, -1, -1]);
  });
});
