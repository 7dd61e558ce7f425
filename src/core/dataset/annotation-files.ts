/** Finds what the images of a folder are annotated by: masks, or boxes in one of three formats. */
import path from 'node:path';
import type { Split, Task } from '../../protocol/analysis.ts';
import { formatCount, plural } from '../../protocol/format.ts';
import { InputError } from '../errors.ts';
import { listCocoImages, looksLikeCoco } from './coco-list.ts';
import type { AnnotationFormat } from './dataset.ts';
import { isNamedAnnotation, pairKey } from './pairs.ts';
import { firstLine, textOf } from './text-file.ts';

/** Paths of the annotations of images, by the image's path. */
type Found = ReadonlyMap<string, string>;

export interface FoundAnnotations {
  readonly task: 'segmentation' | 'detection';
  readonly format: AnnotationFormat;
  readonly of: Found;
  /** Images that are masks, or lie among them, and so are no samples. */
  readonly masks: ReadonlySet<string>;
  /** Files that may name the classes. */
  readonly naming: readonly string[];
  /** Splits that lists beside the annotations tell, by the image's path. */
  readonly split: ReadonlyMap<string, Split>;
  /** What was taken and why, for people. */
  readonly words: string;
}

interface Candidate {
  readonly format: AnnotationFormat;
  readonly of: Found;
}

/** Masks keep their numbers only in these. */
const losslessExtension = /\.(png|bmp|tiff?|gif)$/i;
/** Second choices where an image has several masks. */
const otherKind = /object|instance|colou?r|depth|disparity/i;
/** Lists are looked for among so many files at most: a folder with a JSON file for each image is no COCO. */
const mostLists = 50;
const yoloLine = /^\s*\d+(\s+[-+.\deE]+){4,}\s*$/;
const namingFile = /(^|\/)(classes|labels|names|obj|class_dict|label_colors|labelmap)\.(txt|names|csv)$|\.ya?ml$/i;

const words: Record<AnnotationFormat, { readonly layout: string; readonly one: string }> = {
  masks: { layout: 'images with masks', one: 'a mask' },
  yolo: { layout: 'images with YOLO label files', one: 'a label file' },
  voc: { layout: 'images with Pascal VOC files', one: 'an XML file' },
  coco: { layout: 'images listed in COCO JSON', one: 'a place in the list' },
};

/**
 * Annotations of the kind that most images have, if at least half do or there are no class folders to go by; or of the
 * task that is asked for.
 * @param images  relative paths, masks among them
 * @param others  relative paths of files that are no images
 * @param hasClasses  whether the images lie in class folders
 * @throws InputError when the task that is asked for has no annotations
 */
export async function findAnnotations(
  root: string,
  images: readonly string[],
  others: readonly string[],
  { task, hasClasses }: { task: Task | undefined; hasClasses: boolean },
): Promise<FoundAnnotations | undefined> {
  const masks = findMasks(images);
  const samples = images.filter((file) => !masks.all.has(file));
  const byKey = Map.groupBy(samples, pairKey);
  const candidates: Candidate[] = [
    { format: 'masks', of: masks.of },
    { format: 'coco', of: await findCoco(root, samples, others) },
    { format: 'voc', of: pairs(byKey, others, '.xml') },
    { format: 'yolo', of: await findYolo(root, byKey, others) },
  ];
  const sorted = candidates
    .filter(({ of }) => of.size > 0)
    .filter(({ format }) => task === undefined || taskOf(format) === task)
    .sort((a, b) => b.of.size - a.of.size);
  const [best] = sorted;
  if (task !== undefined && task !== 'classification' && !best)
    throw new InputError(
      `${root}: asked for ${task} but found no ${task === 'segmentation' ? 'masks beside the images (train/masks beside train/images)' : 'boxes (YOLO txt, Pascal VOC XML or COCO JSON)'}`,
    );
  if (!best || task === 'classification') return undefined;
  if (task === undefined && hasClasses && best.of.size < samples.length / 2) return undefined;
  const { layout, one } = words[best.format];
  const reason = `${formatCount(best.of.size)} of ${plural(samples.length, 'image')} ${best.of.size === 1 ? 'has' : 'have'} ${one}`;
  const second = sorted.find(({ format }) => format !== best.format);
  const passedOver = second ? `; left alone: ${words[second.format].one} of ${plural(second.of.size, 'image')}` : '';
  return {
    task: taskOf(best.format),
    format: best.format,
    of: best.of,
    masks: masks.of.size > 0 ? masks.all : new Set(),
    naming: others.filter((file) => namingFile.test(file)),
    split: await listedSplits(root, samples, others),
    words: `${layout} (${reason}${passedOver})`,
  };
}

const taskOf = (format: AnnotationFormat) => (format === 'masks' ? 'segmentation' : 'detection');

/** Masks of images, and all images that lie in folders of masks or are named like one. */
function findMasks(images: readonly string[]): { of: Found; all: ReadonlySet<string> } {
  const named = images.filter((file) => isNamedAnnotation(file));
  const possible = named
    .filter((file) => losslessExtension.test(file))
    .sort((a, b) => Number(otherKind.test(a)) - Number(otherKind.test(b)));
  const all = new Set(named);
  const maskOf = new Map<string, string>();
  for (const file of possible) if (!maskOf.has(pairKey(file))) maskOf.set(pairKey(file), file);
  const of = new Map<string, string>();
  for (const file of images) {
    const mask = all.has(file) ? undefined : maskOf.get(pairKey(file));
    if (mask !== undefined) of.set(file, mask);
  }
  return of.size === 0 ? { of, all: new Set() } : { of, all };
}

/** Files with an extension that go with an image of their name. */
function pairs(byKey: ReadonlyMap<string, readonly string[]>, files: readonly string[], extension: string): Found {
  const of = new Map<string, string>();
  for (const file of files)
    if (path.posix.extname(file).toLowerCase() === extension)
      for (const image of byKey.get(pairKey(file)) ?? []) of.set(image, file);
  return of;
}

async function findYolo(root: string, byKey: ReadonlyMap<string, readonly string[]>, others: readonly string[]) {
  const of = pairs(byKey, others, '.txt');
  // Texts may be captions: the first that is not empty tells.
  for (const file of new Set(of.values())) {
    const line = await firstLine(root, file);
    if (line !== undefined) return yoloLine.test(line) ? of : new Map<string, string>();
  }
  return of;
}

async function findCoco(root: string, images: readonly string[], others: readonly string[]): Promise<Found> {
  const lists = others.filter((file) => file.toLowerCase().endsWith('.json'));
  if (lists.length > mostLists) return new Map();
  const of = new Map<string, string>();
  const byName = Map.groupBy(images, (file) => path.posix.basename(file));
  const sorted = lists.sort((a, b) => Number(/instances/i.test(b)) - Number(/instances/i.test(a)));
  for (const list of sorted) {
    if (!(await looksLikeCoco(root, list))) continue;
    for await (const name of listCocoImages(root, list)) {
      const image = whichImage(byName, name, list);
      if (image !== undefined && !of.has(image)) of.set(image, list);
    }
  }
  return of;
}

/** The image that a list means: its own folder's, else the one whose path ends so. */
export function whichImage(
  byName: ReadonlyMap<string, readonly string[]>,
  listed: string,
  list: string,
): string | undefined {
  const name = listed.replaceAll('\\', '/').replace(/^\.?\//, '');
  const same = byName.get(path.posix.basename(name)) ?? [];
  const ends = same.filter((file) => file === name || file.endsWith(`/${name}`));
  if (ends.length < 2) return ends[0] ?? (same.length === 1 ? same[0] : undefined);
  // COCO names its lists after folders: instances_val2017.json lists val2017.
  const near = ends.filter((file) => file.split('/').some((folder) => list.includes(folder)));
  return near.length === 1 ? near[0] : undefined;
}

/** Pascal VOC's `ImageSets/Main/train.txt` and the like. */
async function listedSplits(root: string, images: readonly string[], others: readonly string[]) {
  const split = new Map<string, Split>();
  const byStem = Map.groupBy(images, (file) => path.posix.parse(file).name);
  for (const file of others) {
    const name = /(?:^|\/)ImageSets\/(?:Main|Segmentation)\/(train|val|test)\.txt$/.exec(file)?.[1];
    if (name === undefined) continue;
    for (const line of (await textOf(root, file)).split(/\r?\n/)) {
      const [stem = ''] = line.trim().split(/\s+/);
      for (const image of byStem.get(stem) ?? []) split.set(image, name as Split);
    }
  }
  return split;
}
