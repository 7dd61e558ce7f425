import type { Split } from '../../protocol/analysis.ts';

/** Where the samples of one directory belong. */
export interface Place {
  readonly split: Split;
  /** Undefined for images that lie beside the class folders. */
  readonly className: string | undefined;
}

/** `val2017`, `train_images`. */
const splitAddition = /[-_ ]?(\d{4}|images?|imgs?)$/;
const splitNames: Readonly<Record<string, Split>> = {
  train: 'train',
  training: 'train',
  val: 'val',
  valid: 'val',
  validation: 'val',
  test: 'test',
  testing: 'test',
};

interface Parts {
  readonly split: Split;
  /** Without the split's folder. */
  readonly folders: readonly string[];
  /** The directory is the split's folder itself. */
  readonly isSplitRoot: boolean;
}

/**
 * Finds split and class of directories that hold images, from their names only. The first folder named for a split
 * gives it and drops out; wrapper folders common to all drop out; the first folder that remains is the class, as in
 * torchvision's ImageFolder.
 * @param directories  relative to the root, forward slashes, '' for the root
 * @returns a place for each directory
 */
export function placeDirectories(directories: readonly string[]): Place[] {
  const all = directories.map(partsOf);
  const wrappers = countWrappers(all.filter(({ folders }) => folders.length > 0));
  return all.map(({ split, folders }) => ({ split, className: folders[wrappers] }));
}

function partsOf(directory: string): Parts {
  const names = directory === '' ? [] : directory.split('/');
  const at = names.findIndex((name) => splitOf(name) !== undefined);
  const split = splitOf(names[at] ?? '') ?? 'train';
  return { split, folders: names.filter((_, index) => index !== at), isSplitRoot: at >= 0 && at === names.length - 1 };
}

function splitOf(name: string): Split | undefined {
  const known = name.toLowerCase().replace(splitAddition, '');
  return Object.hasOwn(splitNames, known) ? splitNames[known] : undefined;
}

function countWrappers(all: readonly Parts[]): number {
  const longest = all.reduce((most, { folders }) => Math.max(most, folders.length), 0);
  let common: readonly string[] = all[0]?.folders ?? [];
  let limit = longest;
  for (const { folders, isSplitRoot } of all) {
    const differs = common.findIndex((name, index) => folders[index] !== name);
    if (differs >= 0) common = common.slice(0, differs);
    // The last folder is a class, unless it is only the way to a split's unlabelled images: data/test/1.png.
    const onlyTheWay = isSplitRoot && folders.length < longest;
    limit = Math.min(limit, onlyTheWay ? folders.length : folders.length - 1);
  }
  return Math.min(common.length, limit);
}

/** How folders of images were read, in words. */
export function describeFolders(places: readonly Place[]): string {
  const words = places.some(({ className }) => className !== undefined)
    ? 'a folder for each class'
    : 'images without class folders';
  return withSplits(words, places);
}

/** Words, and the splits that occur. */
export function withSplits(words: string, places: readonly { readonly split: Split }[]): string {
  const names = splitsOf(places);
  if (names.length > 1) return `${words}, with ${listed(names)} splits`;
  return names[0] === 'train' ? words : `${words}, all in the ${names[0] ?? 'train'} split`;
}

/** Names of the splits that occur, in the order train, val, test. */
export function splitsOf(all: readonly { readonly split: Split }[]): Split[] {
  return (['train', 'val', 'test'] as const).filter((name) => all.some(({ split }) => split === name));
}

/** "a", "a and b", "a, b and c". */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
