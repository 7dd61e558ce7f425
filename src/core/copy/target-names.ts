/** Names of the copy's files. */
import path from 'node:path';

/** Extensions that say what a file is, and the one that others are replaced by. */
const formats = {
  jpeg: { known: /\.(jpe?g|jpe|jfif)$/i, usual: '.jpg' },
  webp: { known: /\.webp$/i, usual: '.webp' },
};

export interface NamedFile {
  readonly path: string;
  /** What it is encoded as; absent where it stays as it is. */
  readonly becomes?: keyof typeof formats;
}

/**
 * Where a copy puts its files, in order: the stem is kept, and an image that becomes a JPEG gets `.jpg`, a WebP `.webp`.
 * Where that name is taken (also by a name that differs in case alone), the extension is put behind the whole name, until
 * it is free.
 */
export function* targetNames(files: () => Iterable<NamedFile>): Iterable<string> {
  const taken = new Set<string>();
  for (const file of files()) taken.add(file.path.toLowerCase());
  for (const { path: name, becomes } of files()) {
    if (becomes === undefined || formats[becomes].known.test(name)) {
      yield name;
      continue;
    }
    const { usual } = formats[becomes];
    let target = `${name.slice(0, name.length - path.posix.extname(name).length)}${usual}`;
    for (let longer = name; taken.has(target.toLowerCase());) target = longer = `${longer}${usual}`;
    taken.add(target.toLowerCase());
    yield target;
  }
}
