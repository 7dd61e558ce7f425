import path from 'node:path';
import { isNamedAnnotation, pairKey } from './pairs.ts';

/** Masks keep their numbers only in these; others are paired so that reading them says so. */
const losslessExtension = /\.(png|bmp|tiff?|gif)$/i;
/** What networks are meant to learn, where Cityscapes has it beside the numbers of all classes. */
const preferredKind = /trainids/i;
const otherKind = /object|instance|panoptic|colou?r|depth|disparity|coarse/i;

export interface MaskFiles {
  /** Each image's mask. */
  readonly of: ReadonlyMap<string, string>;
  /** Images that are the mask of another, of whatever kind. */
  readonly paired: ReadonlySet<string>;
  /** These and all that lie among them or are named like one; none where no image has a mask. */
  readonly all: ReadonlySet<string>;
}

/** @param images  relative paths, sorted */
export function findMasks(images: readonly string[]): MaskFiles {
  // What all paths have in common tells nothing: my_labels/images, my_labels/masks.
  const wrapper = commonFolder(images[0] ?? '', images.at(-1) ?? '').length;
  const named = new Set(images.filter((file) => isNamedAnnotation(file.slice(wrapper))));
  const masksOf = Map.groupBy(named, pairKey);
  const of = new Map<string, string>();
  const paired = new Set<string>();
  for (const image of images) {
    const masks = named.has(image) ? [] : (masksOf.get(pairKey(image)) ?? []);
    for (const mask of masks) paired.add(mask);
    const [best] = masks.toSorted((a, b) => rank(a) - rank(b));
    if (best !== undefined) of.set(image, best);
  }
  return { of, paired, all: of.size > 0 ? named : new Set() };
}

/** Where an image has several masks, the lowest is taken. */
const rank = (file: string) =>
  (losslessExtension.test(file) ? 0 : 4) + (otherKind.test(file) ? 2 : 0) + (preferredKind.test(file) ? 0 : 1);

/** Of the first and the last of sorted paths, and so of all; with its slash. */
function commonFolder(first: string, last: string): string {
  const folders = path.posix.dirname(first).split('/');
  const others = path.posix.dirname(last).split('/');
  const differs = folders.findIndex((name, at) => name !== others[at]);
  return folders
    .slice(0, differs < 0 ? folders.length : differs)
    .filter((name) => name !== '.')
    .map((name) => `${name}/`)
    .join('');
}
