import path from 'node:path';

/** Which image a list means by a name; undefined where none, or where several may be meant. */
export type FindListed = (name: string, list: string) => string | undefined;

const stemOf = (file: string) => path.posix.parse(file).name;

export function findListed(images: readonly string[]): FindListed {
  const byName = Map.groupBy(images, (image) => path.posix.basename(image));
  const byStem = Map.groupBy(images, stemOf);
  return (listed, list) => {
    const name = listed.replaceAll('\\', '/').replace(/^\.?\//, '');
    const base = path.posix.basename(name);
    // In a copy of ours x.png has become x.jpg, or x.png.jpg where that name was taken.
    const groups = [byName.get(base), byStem.get(base), byStem.get(stemOf(name))].map((group) => group ?? []);
    const folder = path.posix.dirname(name);
    const inFolder = (image: string) => folder === '.' || `/${path.posix.dirname(image)}`.endsWith(`/${folder}`);
    const possible = groups.map((group) => group.filter(inFolder)).find((group) => group.length > 0);
    return possible ? nearest(possible, list) : groups.find((group) => group.length === 1)?.[0];
  };
}

function nearest(images: readonly string[], list: string): string | undefined {
  const near = images.map((image) => nearness(image, list));
  const most = Math.max(...near);
  const chosen = images.filter((_, at) => near[at] === most);
  return chosen.length === 1 ? chosen[0] : undefined;
}

/** How many of an image's folders a list's path names: `annotations/instances_val2017.json` lists `val2017`. */
export function nearness(image: string, list: string): number {
  const words = new Set(list.split(/[/_.-]/));
  const folders = path.posix.dirname(image).split('/');
  return folders.filter((folder) => folder.split(/[_.-]/).every((word) => words.has(word))).length;
}
