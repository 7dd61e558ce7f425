import { mkdir, readdir, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { InputError } from '../errors.ts';
import { isUnfinished } from './lines.ts';
import { journalName, manifestName, unfinishedFolder } from './manifest.ts';

const ownNames = [manifestName, journalName, unfinishedFolder];
const isUnfinishedList = (name: string) => isUnfinished(name, manifestName) || isUnfinished(name, journalName);

/**
 * Makes the target folder, or takes it when it is empty or holds an earlier copy.
 * @returns its real path
 * @throws InputError when writing there could touch the dataset or files of others
 */
export async function prepareTarget(root: string, out: string): Promise<string> {
  const source = await realpath(root).catch(() => {
    throw new InputError(`The plan's dataset ${root} is not there: put it back or make a new plan`);
  });
  // Checked before it is made, through its nearest parent, so that a wrong target leaves no empty folder in the source.
  const target = await realFuturePath(path.resolve(out));
  if (isWithin(target, source))
    throw new InputError(
      `${out} lies inside the dataset ${root}: choose a folder outside, the dataset is never written to`,
    );
  if (isWithin(source, target)) throw new InputError(`${out} holds the dataset ${root}: choose another folder`);
  await mkdir(target, { recursive: true }).catch((error: unknown) => {
    throw new InputError(`Can't make the folder ${out}: ${(error as Error).message}`);
  });
  const present = await readdir(target);
  const own = present.filter((name) => ownNames.includes(name) || isUnfinishedList(name));
  if (present.length > 0 && own.length === 0)
    throw new InputError(`${out} is not empty and holds no copy of Bitbudget's: choose an empty folder`);
  // A kill leaves these behind.
  for (const name of own.filter(isUnfinishedList)) await rm(path.join(target, name), { force: true });
  return target;
}

async function realFuturePath(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch {
    const parent = path.dirname(folder);
    return parent === folder ? folder : path.join(await realFuturePath(parent), path.basename(folder));
  }
}

const isWithin = (inner: string, outer: string) => {
  const relative = path.relative(outer, inner);
  return relative === '' || (!relative.startsWith(`..${path.sep}`) && relative !== '..' && !path.isAbsolute(relative));
};
