/** Objects of a dataset from its box files. */
import path from 'node:path';
import pMap from 'p-map';
import type { Problem } from '../../protocol/analysis.ts';
import { reasonOf, textOf, whichImage, type Dataset, type Objects } from '../dataset/index.ts';
import type { JobContext } from '../job.ts';
import { classNames } from './class-names.ts';
import { readCoco } from './coco.ts';
import { rarestClass } from './rarest.ts';
import type { Thing } from './thing.ts';
import { readVoc } from './voc.ts';
import { readYolo } from './yolo.ts';

/** Class of images that are annotated and show nothing. */
const background = 'no object';

interface Read {
  /** Of every sample; undefined where it is not annotated. */
  readonly things: readonly (readonly Thing[] | undefined)[];
  /** In order, where the format has one. */
  readonly classes?: readonly string[];
  readonly problems: readonly Problem[];
}

/** The dataset with its objects, their classes, and the rarest of each sample as its label. */
export async function withObjects(dataset: Dataset, job: JobContext): Promise<Dataset> {
  const { things, classes: ordered, problems } = await readThings(dataset, job);
  const named = new Set(things.flatMap((own) => own?.map(({ className }) => className) ?? []));
  const classes = ordered?.filter((name) => named.has(name)) ?? [...named].sort();
  const number = new Map(classes.map((name, at) => [name, at]));
  const objects = columnsOf(things, number);
  const label = rarestClass(
    things.map((own) => own && [...new Set(own.map(({ className }) => number.get(className) as number))]),
    classes.length,
  );
  const isBackground = things.map((own) => own?.length === 0);
  return {
    ...dataset,
    objects,
    label: label.map((own, at) => (isBackground[at] ? classes.length : own)),
    classes: isBackground.includes(true) ? [...classes, background] : classes,
    problems: [...dataset.problems, ...problems],
  };
}

async function readThings(dataset: Dataset, job: JobContext): Promise<Read> {
  const format = dataset.annotation?.format;
  if (format === 'coco') return readLists(dataset, job);
  const { byNumber } = await classNames(dataset);
  const nameOf = (id: number) => byNumber.get(id) ?? String(id);
  const read = format === 'voc' ? readVoc : (text: string) => readYolo(text, nameOf);
  const problems: Problem[] = [];
  const file = (at: number) => dataset.annotation?.path.at(at) ?? '';
  let done = 0;
  const things = await pMap(
    Array.from({ length: dataset.count }, (_, at) => at),
    async (at): Promise<readonly Thing[] | undefined> => {
      const progress = { stage: 'scan', done: ++done, total: dataset.count, unit: 'annotations' } as const;
      if (done % 500 === 0) job.onProgress(progress);
      // An image without a YOLO file shows nothing; without a VOC file it is not annotated.
      if (file(at) === '') {
        if (format === 'yolo') return [];
        problems.push({ path: dataset.path.at(at), code: 'unlabelled', reason: 'has no XML file' });
        return undefined;
      }
      try {
        return read(await textOf(dataset.root, file(at)));
      } catch (error) {
        problems.push({ path: file(at), code: 'unlabelled', reason: reasonOf(error) });
        return undefined;
      }
    },
    { concurrency: 16, signal: job.signal },
  );
  const ordered = byNumber.size > 0 ? [...byNumber.keys()].sort((a, b) => a - b).map(nameOf) : undefined;
  return { things, problems, ...(format === 'yolo' && ordered && { classes: ordered }) };
}

async function readLists(dataset: Dataset, { signal }: JobContext): Promise<Read> {
  const all = Array.from({ length: dataset.count }, (_, at) => dataset.path.at(at));
  const place = new Map(all.map((image, at) => [image, at]));
  const byName = Map.groupBy(all, (image) => path.posix.basename(image));
  const things: (readonly Thing[] | undefined)[] = all.map(() => undefined);
  const problems: Problem[] = [];
  const classes = new Set<string>();
  for (const list of new Set(all.map((_, at) => dataset.annotation?.path.at(at) ?? ''))) {
    if (list === '') continue;
    signal.throwIfAborted();
    try {
      const read = readCoco(await textOf(dataset.root, list));
      for (const name of read.classes) classes.add(name);
      for (const [name, own] of read.things) {
        const image = whichImage(byName, name, list);
        const at = image === undefined ? undefined : place.get(image);
        if (at !== undefined && dataset.annotation?.path.at(at) === list) things[at] = own;
      }
    } catch (error) {
      problems.push({ path: list, code: 'unlabelled', reason: reasonOf(error) });
    }
  }
  things.forEach((own, at) => {
    if (own === undefined)
      problems.push({ path: all[at] as string, code: 'unlabelled', reason: 'is in no COCO list that can be read' });
  });
  return { things, problems, classes: [...classes] };
}

function columnsOf(things: readonly (readonly Thing[] | undefined)[], number: ReadonlyMap<string, number>): Objects {
  const all = things.flatMap((own) => own ?? []);
  const first = new Uint32Array(things.length + 1);
  things.forEach((own, at) => {
    first[at + 1] = (first[at] as number) + (own?.length ?? 0);
  });
  return {
    first,
    label: Int32Array.from(all, ({ className }) => number.get(className) as number),
    classes: number.size,
    corners: Float32Array.from(all.flatMap(({ corners }) => corners)),
    difficult: Uint8Array.from(all, ({ difficult }) => Number(difficult)),
  };
}
