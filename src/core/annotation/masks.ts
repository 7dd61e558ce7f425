/** Classes of a dataset's masks, and the masks as networks learn them. */
import { readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import pMap from 'p-map';
import type { Problem } from '../../protocol/analysis.ts';
import { reasonOf, Unreadable, type Dataset } from '../dataset/index.ts';
import { InputError } from '../errors.ts';
import type { JobContext } from '../job.ts';
import type { Encoder } from '../jpeg/index.ts';
import { keyOf, type Store } from '../store/index.ts';
import { classNames, type ClassNames } from './class-names.ts';
import { colourBit, readMask, type MaskImage } from './mask-image.ts';
import { rarestClass } from './rarest.ts';

/** One mask with more values is an ordinary picture, or its borders were smoothed. */
const mostInOne = 100;
/** Classes are kept in a byte, of which 255 is none. */
const mostClasses = 255;
/** Masks may be larger or smaller than their images, but for rounding (pixels) of the same shape. */
const rounding = 2;
/** By convention, where there are other numbers than it and 0. */
const voidNumber = 255;
const voidName = /^(void|unlabell?ed|ignored?)$/i;

/** Values that occur in each sample's mask, or why they are not known. */
type Values = readonly (readonly number[] | string)[];

/** The dataset with its masks' classes, and the rarest of each sample as its label. */
export async function withMasks(
  dataset: Dataset,
  { encoder, store }: { encoder: Encoder; store: Store },
  job: JobContext,
): Promise<Dataset> {
  const version = await versionsOf(dataset, job);
  const found = await valuesOf(dataset, version, encoder, store, job);
  const values = [...new Set(found.flatMap((own) => (typeof own === 'string' ? [] : own)))].sort((a, b) => a - b);
  const names = await classNames(dataset);
  const coloured = values.some((value) => value >= colourBit);
  const hasVoidNumber = !coloured && values.some((value) => value !== voidNumber && value !== 0);
  const nameOf = (value: number) => nameOfValue(value, names, coloured);
  const isVoid = (value: number) => (hasVoidNumber && value === voidNumber) || voidName.test(nameOf(value));
  const counted = values.filter((value) => !isVoid(value));
  if (counted.length > mostClasses)
    throw new InputError(
      `${dataset.root}: the masks have ${counted.length} different values, expected at most ${mostClasses} classes. Give each class one number or colour, without smooth borders`,
    );
  const classOf = new Map(values.map((value) => [value, counted.indexOf(value)]));
  const classesOf = found.map((own) =>
    typeof own === 'string' ? undefined : own.map((value) => classOf.get(value) as number).filter((c) => c >= 0),
  );
  const problems = found.flatMap((own, at): Problem[] => {
    if (typeof own === 'string') return [{ path: dataset.path.at(at), code: 'unlabelled', reason: own }];
    return classesOf[at]?.length === 0
      ? [{ path: dataset.path.at(at), code: 'unlabelled', reason: 'no pixel of its mask has a class' }]
      : [];
  });
  return {
    ...dataset,
    classes: counted.map(nameOf),
    masks: { classOf, version },
    label: rarestClass(classesOf, counted.length),
    problems: [...dataset.problems, ...problems],
  };
}

function nameOfValue(value: number, { byNumber, byColour }: ClassNames, coloured: boolean): string {
  const colour = value >= colourBit ? value - colourBit : value * 0x010101;
  if (!coloured) return byNumber.get(value) ?? String(value);
  return byColour.get(colour) ?? `#${colour.toString(16).padStart(6, '0')}`;
}

function versionsOf({ root, annotation, count }: Dataset, { signal }: JobContext): Promise<string[]> {
  const all = Array.from({ length: count }, (_, at) => annotation?.path.at(at) ?? '');
  const version = async (file: string) => {
    if (file === '') return '';
    const { size, mtimeMs } = await stat(path.join(root, file));
    return `${file} ${size} ${mtimeMs}`;
  };
  return pMap(all, version, { concurrency: 16, signal });
}

async function valuesOf(
  { root, path: image, bytes, modifiedMs, annotation, count }: Dataset,
  version: readonly string[],
  encoder: Encoder,
  store: Store,
  job: JobContext,
): Promise<Values> {
  const key = keyOf('mask-values-2', root, version, [...bytes], [...modifiedMs]);
  const known = store.getTable(key) as Values | undefined;
  if (known !== undefined) return known;
  let done = 0;
  const values = await pMap(
    Array.from({ length: count }, (_, at) => annotation?.path.at(at) ?? ''),
    async (file, at): Promise<readonly number[] | string> => {
      job.onProgress({ stage: 'scan', done: ++done, total: count, unit: 'masks' });
      if (file === '') return 'has no mask';
      try {
        const mask = await readMask(await readFile(path.join(root, file)), encoder);
        const own = new Set(mask.values);
        if (own.size > mostInOne)
          throw new Unreadable(
            `the mask has ${own.size} different values, more than classes: a picture, or smooth borders`,
          );
        await expectSameShape(mask, path.join(root, image.at(at)), encoder);
        return [...own];
      } catch (error) {
        return `${file}: ${reasonOf(error)}`;
      }
    },
    { concurrency: availableParallelism() * 2, signal: job.signal },
  );
  store.putTable(key, values);
  return values;
}

/** Of an image that can't be read another stage will tell. */
async function expectSameShape(mask: MaskImage, image: string, encoder: Encoder): Promise<void> {
  const { width, height } = await encoder.sizeOf(image).catch(() => mask);
  if (Math.abs((mask.width * height) / width - mask.height) > rounding)
    throw new Unreadable(`the mask has ${mask.width} × ${mask.height} pixels, its image ${width} × ${height}`);
}

/** Reads a sample's mask at side × side, by the nearest pixel: the class of each, 255 for none; undefined without masks. */
export function maskReader({ root, annotation, masks }: Dataset, encoder: Encoder) {
  if (!masks) return undefined;
  return async (sample: number, side: number): Promise<Uint8Array> => {
    const file = path.join(root, annotation?.path.at(sample) ?? '');
    const { width, height, values } = await readMask(await readFile(file), encoder);
    return Uint8Array.from({ length: side * side }, (_, at) => {
      const [x, y] = [at % side, Math.floor(at / side)];
      const [column, row] = [Math.floor(((x + 0.5) * width) / side), Math.floor(((y + 0.5) * height) / side)];
      return masks.classOf.get(values[row * width + column] as number) ?? -1;
    });
  };
}
