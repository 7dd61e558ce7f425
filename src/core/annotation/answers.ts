/** What networks should say of samples. */
import { createHash } from 'node:crypto';
import type { Dataset, Objects } from '../dataset/index.ts';
import type { Answers } from '../probe/index.ts';

/** Answers of some samples in this order, and how many classes an answer can be. */
export function answersOf(dataset: Dataset, samples: Uint32Array): { answers: Answers; classes: number } {
  const classes = dataset.classes.length;
  if (dataset.masks) return { answers: { kind: 'masks' }, classes };
  if (dataset.objects)
    return {
      answers: { kind: 'boxes', objects: objectsOf(dataset.objects, samples) },
      classes: dataset.objects.classes,
    };
  return {
    answers: { kind: 'classes', labels: Int32Array.from(samples, (i) => dataset.label[i] as number) },
    classes,
  };
}

function objectsOf({ first, label, corners, difficult, classes }: Objects, samples: Uint32Array): Objects {
  const rows = [...samples].flatMap((i) => {
    const [from, to] = [first[i] as number, first[i + 1] as number];
    return Array.from({ length: to - from }, (_, k) => from + k);
  });
  const own = new Uint32Array(samples.length + 1);
  samples.forEach((i, row) => {
    own[row + 1] = (own[row] as number) + (first[i + 1] as number) - (first[i] as number);
  });
  return {
    first: own,
    label: Int32Array.from(rows, (at) => label[at] as number),
    classes,
    corners: Float32Array.from(rows.flatMap((at) => [...corners.subarray(4 * at, 4 * at + 4)])),
    difficult: Uint8Array.from(rows, (at) => difficult[at] as number),
  };
}

/** Names in the store what the answers of some samples rest on. */
export function answersKey(dataset: Dataset, samples: Uint32Array): string {
  const hash = createHash('sha256').update(dataset.task);
  const { answers } = answersOf(dataset, samples);
  if (answers.kind === 'classes') hash.update(answers.labels);
  if (answers.kind === 'boxes') {
    const { first, label, corners, difficult } = answers.objects;
    for (const column of [first, label, corners, difficult]) hash.update(column);
  }
  if (dataset.masks) {
    hash.update(JSON.stringify([...dataset.masks.classOf]));
    for (const i of samples) hash.update(`${dataset.masks.version[i] ?? ''}\n`);
  }
  return hash.digest('hex');
}
