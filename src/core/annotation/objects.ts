/** Objects of a dataset from its box files. */
import pMap from 'p-map';
import type { Problem } from '../../protocol/analysis.ts';
import { plural } from '../../protocol/format.ts';
import { findListed, reasonOf, textOf, type Dataset, type Objects } from '../dataset/index.ts';
import type { JobContext } from '../job.ts';
import { classNames } from './class-names.ts';
import { readCoco } from './coco.ts';
import { rarestClass } from './rarest.ts';
import { clipped, type Thing } from './thing.ts';
import { readVoc } from './voc.ts';
import { readYolo } from './yolo.ts';

/** Class of images that are annotated and show nothing. */
const background = 'no object';

/** Of a sample: its objects, or why it has no annotation. */
type Told = readonly Thing[] | string;

interface Read {
  readonly told: readonly Told[];
  /** In order, as far as the format has one. */
  readonly classes: readonly string[];
  /** Of files that are no samples. */
  readonly problems: readonly Problem[];
}

/** The dataset with its objects, their classes, and the rarest of each sample as its label. */
export async function withObjects(dataset: Dataset, job: JobContext): Promise<Dataset> {
  const { told, classes: ordered, problems } = await readThings(dataset, job);
  const things = told.map((own) => (typeof own === 'string' ? undefined : own.flatMap(clipped)));
  const named = new Set(things.flatMap((own) => own?.map(({ className }) => className) ?? []));
  const byName = [...named].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const classes = [...new Set([...ordered, ...byName])].filter((name) => named.has(name));
  const number = new Map(classes.map((name, at) => [name, at]));
  const label = rarestClass(
    things.map((own) => own && [...new Set(own.map(({ className }) => number.get(className) as number))]),
    classes.length,
  );
  const isBackground = things.map((own) => own?.length === 0);
  return {
    ...dataset,
    objects: columnsOf(things, number),
    label: label.map((own, at) => (isBackground[at] ? classes.length : own)),
    classes: isBackground.includes(true) ? [...classes, background] : classes,
    problems: [...dataset.problems, ...problems, ...problemsOf(dataset, told, things)],
  };
}

function problemsOf(
  { path }: Dataset,
  told: readonly Told[],
  things: readonly (readonly Thing[] | undefined)[],
): Problem[] {
  return told.flatMap((own, at): Problem[] => {
    if (typeof own === 'string') return [{ path: path.at(at), code: 'unlabelled', reason: own }];
    const lost = own.length - (things[at]?.length ?? 0);
    if (lost === 0) return [];
    const reason = `${lost} of its ${plural(own.length, 'box', 'boxes')} left out: outside of the image, or without an area`;
    return [{ path: path.at(at), code: 'skipped', reason }];
  });
}

const readThings = (dataset: Dataset, job: JobContext): Promise<Read> =>
  dataset.annotation?.format === 'coco' ? readLists(dataset, job) : readFiles(dataset, job);

async function readFiles(dataset: Dataset, job: JobContext): Promise<Read> {
  const isYolo = dataset.annotation?.format === 'yolo';
  const { byNumber } = await classNames(dataset);
  const nameOf = (id: number) => byNumber.get(id) ?? String(id);
  const read = isYolo ? (text: string) => readYolo(text, nameOf) : readVoc;
  const files = Array.from({ length: dataset.count }, (_, at) => dataset.annotation?.path.at(at) ?? '');
  const annotatedSplits = new Set(files.map((file, at) => (file === '' ? -1 : dataset.split[at])));
  let done = 0;
  const told = await pMap(
    files,
    async (file, at): Promise<Told> => {
      job.onProgress({ stage: 'scan', done: ++done, total: dataset.count, unit: 'annotations' });
      // In YOLO's layout an image without a file shows nothing, unless its whole split has none.
      if (file === '' && isYolo && annotatedSplits.has(dataset.split[at])) return [];
      if (file === '') return isYolo ? 'no image of its split has a label file' : 'has no XML file';
      try {
        return read(await textOf(dataset.root, file));
      } catch (error) {
        return `${file}: ${reasonOf(error)}`;
      }
    },
    { concurrency: 16, signal: job.signal },
  );
  return { told, classes: isYolo ? [...byNumber.keys()].sort((a, b) => a - b).map(nameOf) : [], problems: [] };
}

async function readLists(dataset: Dataset, { signal }: JobContext): Promise<Read> {
  const { root, annotation } = dataset;
  const images = Array.from({ length: dataset.count }, (_, at) => dataset.path.at(at));
  const place = new Map(images.map((image, at) => [image, at]));
  const find = findListed(images);
  const told: Told[] = images.map(() => 'is in no COCO list that can be read');
  const problems: Problem[] = [];
  const classes = new Set<string>();
  for (const list of new Set(images.map((_, at) => annotation?.path.at(at) ?? ''))) {
    if (list === '') continue;
    signal.throwIfAborted();
    try {
      const read = readCoco(await textOf(root, list));
      for (const name of read.classes) classes.add(name);
      for (const reason of read.lost) problems.push({ path: list, code: 'skipped', reason });
      for (const [name, own] of read.things) {
        const at = place.get(find(name, list) ?? '');
        if (at === undefined || annotation?.path.at(at) !== list) continue;
        const before = told[at] as Told;
        told[at] = typeof before === 'string' ? own : [...before, ...own];
      }
    } catch (error) {
      problems.push({ path: list, code: 'unlabelled', reason: reasonOf(error) });
    }
  }
  return { told, classes: [...classes], problems };
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
