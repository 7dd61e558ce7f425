import { realpath, stat } from 'node:fs/promises';
import type { Problem } from '../../protocol/analysis.ts';
import { InputError } from '../errors.ts';
import type { JobContext } from '../job.ts';
import { assemble } from './assemble.ts';
import type { Dataset } from './dataset.ts';
import { imageFormats } from './formats.ts';
import { gatherFiles } from './gather.ts';
import { findPacks } from './packed.ts';
import { codeOf, reasonOf } from './reasons.ts';

const maxArchives = 32_767;

/**
 * Reads a folder as samples with split and label. Files that can't serve are listed in `problems`, never thrown.
 * @throws InputError when the folder is missing, is none, or holds no image
 */
export async function scanDataset(folder: string, context: JobContext): Promise<Dataset> {
  const root = await openFolder(folder);
  const gathered = await gatherFiles(root, context);
  const found = await findPacks(root, gathered.packed, new Set(gathered.directories), context.signal);
  for (const file of gathered.packed) if (!found.used.has(file.path)) gathered.addOther(file);
  const problems = [...gathered.problems, ...found.problems];
  if (gathered.bytes.length === 0 && found.packs.length === 0) throw noImages(root, problems);
  if (found.packs.length > maxArchives)
    throw new InputError(
      `${root} holds ${found.packs.length} packed files, more than ${maxArchives}: scan a part of it`,
    );
  return assemble(root, gathered, found.packs, problems);
}

async function openFolder(folder: string): Promise<string> {
  try {
    const root = await realpath(folder);
    if ((await stat(root)).isDirectory()) return root;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new InputError(`The folder ${folder} does not exist: check its path`);
    throw new InputError(`The folder ${folder} can't be opened: ${reasonOf(error)}`);
  }
  throw new InputError(`${folder} is a file: choose the folder that holds the images`);
}

function noImages(root: string, problems: readonly Problem[]): InputError {
  const [first] = problems;
  const hint =
    first === undefined ? '' : `; ${problems.length} could not be used, the first being ${first.path}: ${first.reason}`;
  return new InputError(`No images in ${root}: expected ${imageFormats} files, or packed IDX / CIFAR-10 files${hint}`);
}
