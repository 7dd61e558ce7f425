import { findCifar, isCifarName } from './cifar.ts';
import { findIdx, isIdxName } from './idx.ts';
import { listed, splitsOf } from './layout.ts';
import { groupBy, type Pack, type Packs } from './pack.ts';
import type { WalkedFile } from './walk.ts';

/** May belong to a packed dataset, by its name only. */
export function isPackedName(file: string): boolean {
  return isIdxName(file) || isCifarName(file);
}

/**
 * Opens the packed files among those that are named like one.
 * @param taken  directories that hold image files, which no packed sample may share
 */
export async function findPacks(
  root: string,
  files: readonly WalkedFile[],
  taken: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Packs> {
  const found = [await findIdx(root, files, signal), await findCifar(root, files, signal)];
  return {
    packs: withDistinctNames(
      found.flatMap(({ packs }) => packs),
      taken,
    ),
    used: new Set(found.flatMap(({ used }) => [...used])),
    problems: found.flatMap(({ problems }) => problems),
  };
}

/** Where two packs, or a pack and a folder, would give their samples the same names, the pack's own path sets them apart. */
function withDistinctNames(packs: readonly Pack[], taken: ReadonlySet<string>): Pack[] {
  const uses = groupBy(packs, ({ split, prefix }) => `${split}/${prefix}`);
  return packs.map((pack) => {
    const shared = (uses.get(`${pack.split}/${pack.prefix}`)?.length ?? 0) > 1;
    const meets = [...new Set(pack.labels)].some((label) => taken.has(`${pack.split}/${pack.className(label)}`));
    return shared || meets ? { ...pack, prefix: `${pack.archive.path.replaceAll('/', '-')}-` } : pack;
  });
}

/** Where a packed image would lie if it were unpacked. */
export function packedPath({ split, labels, prefix, className, archive }: Pack, index: number): string {
  const width = Math.max(5, String(archive.count - 1).length);
  return `${split}/${className(labels[index] ?? 0)}/${prefix}${String(index).padStart(width, '0')}.png`;
}

/** How packed files were read, in words; empty where there are none. */
export function describePacks(packs: readonly Pack[]): string[] {
  const idx = packs.filter(({ kind }) => kind === 'idx');
  const words = idx.length > 0 ? [`packed IDX files (${listed(splitsOf(idx))})`] : [];
  return idx.length < packs.length ? [...words, 'CIFAR-10 binary batches'] : words;
}
