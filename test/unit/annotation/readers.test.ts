import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCoco } from '../../../src/core/annotation/coco.ts';
import { clipped } from '../../../src/core/annotation/thing.ts';
import { readVoc } from '../../../src/core/annotation/voc.ts';
import { readYolo } from '../../../src/core/annotation/yolo.ts';
import { Unreadable } from '../../../src/core/dataset/index.ts';

const rounded = (things: readonly { className: string; corners: readonly number[] }[]) =>
  things.map(({ className, corners }) => `${className} ${corners.map((own) => Number(own.toFixed(4))).join(' ')}`);

describe('a Pascal VOC file', () => {
  const size = '<size><width>200</width><height>100</height><depth>3</depth></size>';
  const object = (name: string, box = [20, 10, 120, 60], more = '') => {
    const sides = ['xmin', 'ymin', 'xmax', 'ymax'].map((side, at) => `<${side}>${box[at] ?? ''}</${side}>`);
    return `<object><name>${name}</name>${more}<bndbox>${sides.join('')}</bndbox></object>`;
  };
  const file = (...inside: string[]) => `<?xml version="1.0"?>\r\n<annotation>${inside.join('\n')}</annotation>\n`;

  it('gives its objects, as shares', () => {
    const things = readVoc(file(size, object('cat'), object('dog', [0, 0, 200, 100], '<difficult>1</difficult>')));
    expect(rounded(things)).toEqual(['cat 0.1 0.1 0.6 0.6', 'dog 0 0 1 1']);
    expect(things.map(({ difficult }) => difficult)).toEqual([false, true]);
    expect(readVoc(file(size))).toEqual([]);
    expect(rounded(readVoc(file(size, object(' a &amp; b '))))).toEqual(['a & b 0.1 0.1 0.6 0.6']);
    expect(rounded(readVoc(file(size, object('7', [1.5, 2, 3e1, 4]))))).toEqual(['7 0.0075 0.02 0.15 0.04']);
  });

  it('passes over parts of objects', () => {
    const part = '<part><name>head</name><bndbox><xmin>1</xmin></bndbox></part>';
    expect(rounded(readVoc(file(size, object('person', [0, 0, 20, 10], part))))).toEqual(['person 0 0 0.1 0.1']);
  });

  it.each([
    ['', /is no XML/],
    ['{"a": 1}', /is no XML/],
    [file(size, object('cat')).replace('</annotation>', ''), /is no XML that ends with <\/annotation>/],
    [file(size, object('cat')).slice(0, -60), /is no XML/],
    [file(object('cat')), /annotation\.size: /],
    [file(size.replace('200', '0'), object('cat')), /annotation\.size\.width: /],
    [file(size.replace('200', 'wide'), object('cat')), /annotation\.size\.width: /],
    [file(size, object('cat', [1, 2, 3])), /annotation\.object\.0\.bndbox\.ymax: /],
    [file(size, object('', [1, 2, 3, 4])), /annotation\.object\.0\.name: /],
    [file(size, '<object><name>cat</name></object>'), /annotation\.object\.0\.bndbox: /],
    [file(size, object('cat').replace('</object>', object('dog'))), /object inside of an object/],
    [`<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>${file(size, object('&x;'))}`, /is no XML: .*ntit/],
    [file('<__proto__>1</__proto__>', size), /is no XML: /],
  ])('that is broken says what is wrong: %#', (text, reason) => {
    expect(() => readVoc(text)).toThrow(Unreadable);
    expect(() => readVoc(text)).toThrow(reason);
  });

  it('does not grow by its entities', () => {
    const lines = Array.from({ length: 30 }, (_, k) => `<!ENTITY e${k + 1} "${`&e${k};`.repeat(10)}">`);
    const bomb = `<!DOCTYPE a [<!ENTITY e0 "ha">${lines.join('')}]>${file(size, object('&e30;'))}`;
    const started = performance.now();
    try {
      expect(readVoc(bomb)[0]?.className.length).toBeLessThan(1000);
    } catch (error) {
      expect(error).toBeInstanceOf(Unreadable);
    }
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('a YOLO file', () => {
  const nameOf = (id: number) => ['cat', 'dog'][id] ?? String(id);

  it('gives boxes, boxes with a score, and boxes of polygons', () => {
    const text = '\uFEFF0 0.5 0.5 0.2 0.4\r\n\r\n 1\t0.5 0.5 1 1 0.9 \n7 0.1 0.2 0.3 0.8 0.2 0.4\n';
    expect(rounded(readYolo(text, nameOf))).toEqual(['cat 0.4 0.3 0.6 0.7', 'dog 0 0 1 1', '7 0.1 0.2 0.3 0.8']);
    expect(readYolo('', nameOf)).toEqual([]);
  });

  it.each(['cat 0.5 0.5 0.2 0.2', '0 0.5 0.5 0.2', '-1 0.5 0.5 0.2 0.2', '0.5 0.5 0.5 0.2 0.2', '0 0.5 x 0.2 0.2'])(
    'with the line %s names it',
    (line) => {
      expect(() => readYolo(`0 0.5 0.5 0.2 0.2\n${line}\n`, nameOf)).toThrow(Unreadable);
      expect(() => readYolo(`0 0.5 0.5 0.2 0.2\n${line}\n`, nameOf)).toThrow(
        /^line 2: expected a class and four shares/,
      );
    },
  );

  it('may hold a polygon of any length', () => {
    expect(rounded(readYolo(`0 ${'0.25 0.5 0.75 0.6 '.repeat(200_000)}`, nameOf))).toEqual(['cat 0.25 0.5 0.75 0.6']);
    expect(() => readYolo('0 0.1 0.1 0.2 0.2 0.3 0.3 0.4', nameOf)).toThrow(/line 1/);
    expect(() => readYolo('0 1e999 0.1 0.2 0.2', nameOf)).toThrow(/line 1/);
  });

  it('never crashes on what is no label file', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('0', '1', '5', '.', '-', '+', ' ', 'e', '\n', '\t', 'x') }),
        (text) => {
          try {
            readYolo(text, nameOf);
          } catch (error) {
            expect(error).toBeInstanceOf(Unreadable);
          }
        },
      ),
    );
  });
});

describe('a COCO list', () => {
  const images = [
    { id: 1, file_name: 'a.jpg', width: 200, height: 100 },
    { id: '2', file_name: 'x\\b.jpg', width: 100, height: 100 },
  ];
  const categories = [
    { id: 18, name: 'dog', supercategory: 'animal' },
    { id: 1, name: 'person' },
  ];
  const bbox = [20, 10, 100, 50];
  const list = (annotations: unknown, more: object = {}) =>
    JSON.stringify({ images, annotations, categories, ...more });

  it('gives the objects of every image', () => {
    const { classes, things, lost } = readCoco(
      list([
        { image_id: '1', category_id: 18, bbox, segmentation: [[1, 2, 3]] },
        { image_id: 2, category_id: '1', bbox: [0, 0, 100, 100], iscrowd: 1 },
      ]),
    );
    expect(classes).toEqual(['dog', 'person']);
    expect(rounded(things.get('a.jpg') ?? [])).toEqual(['dog 0.1 0.1 0.6 0.6']);
    expect(things.get('x\\b.jpg')).toEqual([{ className: 'person', corners: [0, 0, 1, 1], difficult: true }]);
    expect(lost).toEqual([]);
  });

  it('says what it lost', () => {
    const { things, lost } = readCoco(
      list([
        { image_id: 1, category_id: 99, bbox },
        { image_id: 1, bbox },
        { image_id: 7, category_id: 1, bbox },
        { image_id: 1, category_id: 1, bbox: [] },
        { image_id: 1, category_id: 1, bbox: null },
        { image_id: 1, category_id: 1 },
      ]),
    );
    expect(things.get('a.jpg')).toEqual([]);
    expect(lost).toEqual([
      '1 annotation of images that are not in its list',
      '2 annotations without a category of its list',
      '3 annotations without a box',
    ]);
  });

  it('joins what it says of a name twice', () => {
    const twice = images.map((image) => ({ ...image, file_name: 'a.jpg' }));
    const annotations = [1, 2].map((image_id) => ({ image_id, category_id: 1, bbox }));
    expect(readCoco(list(annotations, { images: twice })).things.get('a.jpg')).toHaveLength(2);
  });

  it.each([
    ['{"images": [', /^is no JSON: /],
    ['[]', /expected object/],
    ['{"images": [], "annotations": []}', /^categories: /],
    [list([], { images: [{ id: 1, file_name: 'a.jpg', width: 0, height: 1 }] }), /^images\.0\.width: /],
    [
      list([], { images: [{ ...images[0] }, { ...images[0], file_name: 'b.jpg' }] }),
      /two of its images have the same id/,
    ],
    [list([{ category_id: 1, bbox }]), /^annotations\.0\.image_id: /],
  ])('that is broken says what is wrong: %#', (text, reason) => {
    expect(() => readCoco(text)).toThrow(Unreadable);
    expect(() => readCoco(text)).toThrow(reason);
  });
});

describe('a box', () => {
  const box = (...corners: [number, number, number, number]) => ({ className: 'a', corners, difficult: false });

  it('is clipped to its image, and left out where nothing remains', () => {
    expect(clipped(box(-0.5, 0.2, 0.5, 1.5))).toEqual([box(0, 0.2, 0.5, 1)]);
    for (const corners of [
      [0.6, 0.2, 0.4, 0.8],
      [0.2, 0.2, 0.2, 0.8],
      [1.2, 0.2, 1.5, 0.8],
      [NaN, 0, 1, 1],
    ] as [number, number, number, number][])
      expect(clipped(box(...corners))).toEqual([]);
  });
});
