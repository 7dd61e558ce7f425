import { realpath, stat } from 'node:fs/promises';
import type { Problem, Task } from '../../protocol/analysis.ts';
import { InputError } from '../errors.ts';
import type { JobContext } from '../job.ts';
import { findAnnotations } from './annotation-files.ts';
import { assemble } from './assemble.ts';
import type { Dataset } from './dataset.ts';
import { isNamedAnnotation } from './pairs.ts';
import type { StringColumn } from './string-column.ts';
import { imageFormats } from './formats.ts';
import { gatherFiles, type Gathered } from './gather.ts';
import { findPacks } from './packed.ts';
import { codeOf, reasonOf } from './reasons.ts';

const maxArchives = 32_767;

/**
 * Reads a folder as samples with split and label. Files that can't serve are listed in `problems`, never thrown.
 * @param task  found from the files when absent
 * @throws InputError when the folder is missing, is none, holds no image, or no annotations of the task
 */
export async function scanDataset(folder: string, context: JobContext, task?: Task): Promise<Dataset> {
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
  if (found.packs.length > 0) {
    if (task !== undefined && task !== 'classification')
      throw new InputError(
        `${root}: asked for ${task} but found packed files, which hold one class for each image: ${found.packs[0]?.archive.path ?? ''}`,
      );
    return assemble(root, gathered, found.packs, problems);
  }
  const annotations = await annotationsOf(root, gathered, task);
  const samples = annotations && annotations.masks.size > 0 ? gathered.withoutImages(annotations.masks) : gathered;
  return assemble(root, samples, [], problems, annotations);
}

async function annotationsOf(root: string, gathered: Gathered, task: Task | undefined) {
  const [images, others] = [gathered.path.finish(), gathered.otherPath.finish()];
  // A million images in class folders need no list of their names.
  if (task === undefined && !hasAny(images, isNamedAnnotation) && !hasAny(others, mayAnnotate)) return undefined;
  return findAnnotations(root, pathsOf(images), pathsOf(others), task);
}

const mayAnnotate = (file: string) => /\.(xml|txt|json)$/i.test(file);

function hasAny(column: StringColumn, test: (text: string) => boolean): boolean {
  for (let at = 0; at < column.length; at++) if (test(column.at(at))) return true;
  return false;
}

const pathsOf = (column: StringColumn) => Array.from({ length: column.length }, (_, at) => column.at(at));

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
