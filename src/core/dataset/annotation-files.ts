/** Finds what the images of a folder are annotated by: masks, or boxes in one of three formats. */
import path from 'node:path';
import type { Split, Task } from '../../protocol/analysis.ts';
import { formatCount, plural } from '../../protocol/format.ts';
import { InputError } from '../errors.ts';
import { listCocoImages, looksLikeCoco } from './coco-list.ts';
import type { AnnotationFormat } from './dataset.ts';
import { listed, placeDirectories } from './layout.ts';
import { findListed, nearness } from './listed-image.ts';
import { findMasks } from './mask-files.ts';
import { pairKey } from './pairs.ts';
import { headOf, textOf } from './text-file.ts';

/** Paths of the annotations of images, by the image's path. */
type Found = ReadonlyMap<string, string>;

export interface Annotations {
  /** Images that are masks, or lie among them, and so are no samples. */
  readonly masks: ReadonlySet<string>;
  /** What was taken and why, or what was left alone, for people; may be ''. */
  readonly words: string;
  /** What samples are labelled by, where that is not their folders. */
  readonly taken?: TakenAnnotations;
}

export interface TakenAnnotations {
  readonly task: 'segmentation' | 'detection';
  readonly format: AnnotationFormat;
  readonly of: Found;
  /** Files that may name the classes. */
  readonly naming: readonly string[];
  /** Splits that lists beside the annotations tell, by the image's path. */
  readonly split: ReadonlyMap<string, Split>;
}

interface Candidate {
  readonly format: AnnotationFormat;
  readonly of: Found;
}

/** More JSON files than that are one for each image, not lists, unless their names say so. */
const mostLists = 50;
const listName = /instances|coco/i;
const yoloText = /^\s*\d+([ \t]+[-+.\deE]+){4,}[ \t]*(\r?\n|$)/;
const vocText = /<annotation[\s>]/;
/** So many files of a kind tell what they are. */
const lookedInto = 10;
const namingFile = /(^|\/)(classes|labels|names|obj|class_dict|label_colors|labelmap)\.(txt|names|csv)$|\.ya?ml$/i;

const wordsOf: Record<AnnotationFormat, { readonly layout: string; readonly one: string }> = {
  masks: { layout: 'images with masks', one: 'a mask' },
  yolo: { layout: 'images with YOLO label files', one: 'a label file' },
  voc: { layout: 'images with Pascal VOC files', one: 'an XML file' },
  coco: { layout: 'images listed in COCO JSON', one: 'a place in the list' },
};

/**
 * Annotations of the kind that most images have, if at least half do or there are no class folders to go by; or of the
 * task that is asked for.
 * @param images  relative paths, sorted, masks among them
 * @param others  relative paths of files that are no images
 * @throws InputError when the task that is asked for has no annotations
 */
export async function findAnnotations(
  root: string,
  images: readonly string[],
  others: readonly string[],
  task: Task | undefined,
): Promise<Annotations> {
  const masks = findMasks(images);
  const samples = images.filter((file) => !masks.all.has(file));
  const byKey = Map.groupBy(samples, pairKey);
  const all: Candidate[] = [
    { format: 'masks', of: masks.of },
    { format: 'coco', of: await findCoco(root, samples, others) },
    { format: 'voc', of: await findPairs(root, byKey, others, '.xml', vocText) },
    { format: 'yolo', of: await findPairs(root, byKey, others, '.txt', yoloText) },
  ];
  const found = all.filter(({ of }) => of.size > 0).sort((a, b) => b.of.size - a.of.size);
  const best = found.find(({ format }) => task === undefined || taskOf(format) === task);
  if (task !== undefined && task !== 'classification' && !best)
    throw new InputError(
      `${root}: asked for ${task} but found no ${task === 'segmentation' ? 'masks beside the images (train/masks beside train/images)' : 'boxes (YOLO txt, Pascal VOC XML or COCO JSON)'}`,
    );
  if (!best || (task === undefined && best.of.size < samples.length / 2 && haveClasses(samples)))
    return { masks: masks.paired, words: leftAlone(found) };
  const { layout, one } = wordsOf[best.format];
  const reason = `${formatCount(best.of.size)} of ${plural(samples.length, 'image')} ${best.of.size === 1 ? 'has' : 'have'} ${one}`;
  const rest = leftAlone(found.filter((own) => own !== best));
  return {
    masks: masks.all,
    words: `${layout} (${reason}${rest === '' ? '' : `; ${rest}`})`,
    taken: {
      task: taskOf(best.format),
      format: best.format,
      of: best.of,
      naming: others.filter((file) => namingFile.test(file)),
      split: await listedSplits(root, samples, others, taskOf(best.format)),
    },
  };
}

const taskOf = (format: AnnotationFormat) => (format === 'masks' ? 'segmentation' : 'detection');

const leftAlone = (found: readonly Candidate[]) =>
  found.length === 0
    ? ''
    : `left alone: ${listed(found.map(({ format, of }) => `${wordsOf[format].one} of ${plural(of.size, 'image')}`))}`;

function haveClasses(samples: readonly string[]): boolean {
  const directories = new Set(samples.map((file) => path.posix.dirname(file).replace(/^\.$/, '')));
  return new Set(placeDirectories([...directories]).flatMap(({ className }) => className ?? [])).size > 1;
}

/** Files with an extension that go with an image of their name, if they begin as expected. */
async function findPairs(
  root: string,
  byKey: ReadonlyMap<string, readonly string[]>,
  files: readonly string[],
  extension: string,
  text: RegExp,
): Promise<Found> {
  const of = new Map<string, string>();
  for (const file of files)
    if (path.posix.extname(file).toLowerCase() === extension)
      for (const image of byKey.get(pairKey(file)) ?? []) of.set(image, file);
  let [seen, fitting] = [0, 0];
  for (const file of new Set(of.values())) {
    const head = await headOf(root, file);
    if (head.trim() === '') continue;
    if (text.test(head)) fitting += 1;
    if (++seen === lookedInto) break;
  }
  return 2 * fitting >= seen ? of : new Map();
}

async function findCoco(root: string, images: readonly string[], others: readonly string[]): Promise<Found> {
  const files = others.filter((file) => file.toLowerCase().endsWith('.json'));
  const lists = files.length > mostLists ? files.filter((file) => listName.test(file)) : files;
  const of = new Map<string, string>();
  if (lists.length === 0) return of;
  const find = findListed(images);
  for (const list of lists.sort((a, b) => Number(listName.test(b)) - Number(listName.test(a)))) {
    if (!(await looksLikeCoco(root, list))) continue;
    for (const name of await listCocoImages(root, list)) {
      const image = find(name, list);
      if (image === undefined) continue;
      const known = of.get(image);
      if (known === undefined || nearness(image, list) > nearness(image, known)) of.set(image, list);
    }
  }
  return of;
}

/** Pascal VOC's `ImageSets/Main/train.txt` and the like; where two disagree, the task's own list tells. */
async function listedSplits(
  root: string,
  images: readonly string[],
  others: readonly string[],
  task: TakenAnnotations['task'],
) {
  const split = new Map<string, Split>();
  const byStem = Map.groupBy(images, (file) => path.posix.parse(file).name);
  const own = task === 'segmentation' ? '/Segmentation/' : '/Main/';
  for (const file of others.toSorted((a, b) => Number(a.includes(own)) - Number(b.includes(own)))) {
    const name = /(?:^|\/)ImageSets\/(?:Main|Segmentation)\/(train|val|test)\.txt$/.exec(file)?.[1];
    if (name === undefined) continue;
    for (const line of (await textOf(root, file)).split(/\r?\n/)) {
      const [stem = ''] = line.trim().split(/\s+/);
      for (const image of byStem.get(stem) ?? []) split.set(image, name as Split);
    }
  }
  return split;
}
