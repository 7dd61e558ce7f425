/** Names of the copy's files. */
import path from 'node:path';

const jpegExtension = /\.(jpe?g|jpe|jfif)$/i;

export interface NamedFile {
  readonly path: string;
  readonly becomesJpeg: boolean;
}

/**
 * Where a copy puts its files, in order: the stem is kept, and an image that becomes a JPEG gets `.jpg`. Where that name
 * is taken (also by a name that differs in case alone), `.jpg` is put behind the whole name, until it is free.
 */
export function* targetNames(files: () => Iterable<NamedFile>): Iterable<string> {
  const taken = new Set<string>();
  for (const file of files()) taken.add(file.path.toLowerCase());
  for (const { path: name, becomesJpeg } of files()) {
    if (!becomesJpeg || jpegExtension.test(name)) {
      yield name;
      continue;
    }
    let target = `${name.slice(0, name.length - path.posix.extname(name).length)}.jpg`;
    for (let longer = name; taken.has(target.toLowerCase());) target = longer = `${longer}.jpg`;
    taken.add(target.toLowerCase());
    yield target;
  }
}
