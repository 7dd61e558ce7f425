import type { Problem } from '../../protocol/analysis.ts';
import { NumberColumn } from './columns.ts';
import { splits, type Dataset } from './dataset.ts';
import type { Annotations, TakenAnnotations } from './annotation-files.ts';
import type { Gathered } from './gather.ts';
import { describeFolders, placeDirectories, withSplits, type Place } from './layout.ts';
import { StringColumnBuilder, type StringColumn } from './string-column.ts';
import type { Pack } from './pack.ts';
import { describePacks, packedPath } from './packed.ts';

/** Columns that depend on all samples: they are filled once every file is known. */
class Placement {
  readonly label = new NumberColumn((length) => new Int32Array(length));
  readonly split = new NumberColumn((length) => new Uint8Array(length));
  readonly archive = new NumberColumn((length) => new Int16Array(length));
  readonly archiveIndex = new NumberColumn((length) => new Uint32Array(length));
  readonly #labels: ReadonlyMap<string, number>;

  constructor(classes: readonly string[]) {
    this.#labels = new Map(classes.map((name, label) => [name, label]));
  }

  push({ split, className }: Place, archive: number, archiveIndex: number): void {
    this.label.push(className === undefined ? -1 : (this.#labels.get(className) ?? -1));
    this.split.push(splits.indexOf(split));
    this.archive.push(archive);
    this.archiveIndex.push(archiveIndex);
  }
}

/** Joins image files and packed images to one dataset: files first, then each pack in its own order. */
export function assemble(
  root: string,
  gathered: Gathered,
  packs: readonly Pack[],
  problems: readonly Problem[],
  { words = '', taken }: Partial<Pick<Annotations, 'words' | 'taken'>> = {},
): Dataset {
  const path = gathered.path.finish();
  const placed = placeDirectories(gathered.directories);
  // What annotations tell, folders need not.
  const places = taken ? placed.map(({ split }) => ({ split, className: undefined })) : placed;
  const classes = classNames(places, packs);
  const placement = new Placement(classes);
  const directory = gathered.directory.finish();
  directory.forEach((own, at) => {
    const place = places[own] ?? { split: 'train', className: undefined };
    placement.push({ ...place, split: taken?.split.get(path.at(at)) ?? place.split }, -1, 0);
  });
  for (const [number, pack] of packs.entries()) addPack(gathered, placement, pack, number);
  const split = placement.split.finish();
  const described = taken
    ? withSplits(
        words,
        Array.from(new Set(split), (own) => ({ split: splits[own] ?? 'train' })),
      )
    : describeFolders(places) + (words === '' ? '' : ` (${words})`);
  return {
    root,
    layout: [...(places.length > 0 ? [described] : []), ...describePacks(packs)].join('; '),
    task: taken?.task ?? 'classification',
    ...(taken && { annotation: { format: taken.format, path: annotationPaths(path, taken), naming: taken.naming } }),
    count: directory.length + packs.reduce((sum, { labels }) => sum + labels.length, 0),
    path: packs.length > 0 ? gathered.path.finish() : path,
    label: placement.label.finish(),
    split,
    bytes: gathered.bytes.finish(),
    modifiedMs: gathered.modifiedMs.finish(),
    classes,
    archives: packs.map(({ archive }) => archive),
    archive: placement.archive.finish(),
    archiveIndex: placement.archiveIndex.finish(),
    other: { path: gathered.otherPath.finish(), bytes: gathered.otherBytes.finish() },
    problems: [...problems, ...(taken ? [] : unlabelled(gathered.directories, places, directory))],
  };
}

function annotationPaths(path: StringColumn, { of }: TakenAnnotations): StringColumn {
  const column = new StringColumnBuilder();
  for (let at = 0; at < path.length; at++) column.push(of.get(path.at(at)) ?? '');
  return column.finish();
}

function addPack(gathered: Gathered, placement: Placement, pack: Pack, number: number): void {
  const { archive, split, labels, className } = pack;
  for (const [at, label] of labels.entries()) {
    gathered.path.push(packedPath(pack, at));
    gathered.bytes.push(archive.stride);
    gathered.modifiedMs.push(archive.modifiedMs);
    placement.push({ split, className: className(label) }, number, at);
  }
}

/** Of all splits together, by name in code units. */
function classNames(places: readonly Place[], packs: readonly Pack[]): string[] {
  const names = new Set(places.flatMap(({ className }) => className ?? []));
  for (const { labels, className } of packs) for (const label of new Set(labels)) names.add(className(label));
  return [...names].sort();
}

function unlabelled(directories: readonly string[], places: readonly Place[], directory: Int32Array): Problem[] {
  const counts = new Uint32Array(directories.length);
  for (const at of directory) counts[at] = (counts[at] ?? 0) + 1;
  return directories.flatMap((name, at) => {
    if (places[at]?.className !== undefined) return [];
    const images = counts[at] === 1 ? '1 image lies' : `${counts[at] ?? 0} images lie`;
    return { path: name === '' ? '.' : name, code: 'unlabelled', reason: `${images} here without a class folder` };
  });
}
