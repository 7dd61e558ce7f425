import { z } from 'zod';
import { plural } from '../../protocol/format.ts';
import { Unreadable } from '../dataset/index.ts';
import { firstIssue } from './first-issue.ts';
import type { Thing } from './thing.ts';

// Some tools write numbers in one place and texts in another.
const id = z.union([z.number(), z.string()]).transform(String);
const schema = z.object({
  images: z.array(z.object({ id, file_name: z.string(), width: z.number().positive(), height: z.number().positive() })),
  annotations: z.array(
    z.object({
      image_id: id,
      category_id: id.optional().catch(undefined),
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional().catch(undefined),
      iscrowd: z.union([z.number(), z.boolean()]).optional().catch(undefined),
    }),
  ),
  categories: z.array(z.object({ id, name: z.string() })),
});
type List = z.infer<typeof schema>;

export interface CocoList {
  /** In the order of their numbers. */
  readonly classes: readonly string[];
  /** Objects of every image, by the name that the list gives it. */
  readonly things: ReadonlyMap<string, readonly Thing[]>;
  /** Annotations that say too little to be used, in words. */
  readonly lost: readonly string[];
}

/** @throws Unreadable that names what is wrong */
export function readCoco(text: string): CocoList {
  const { images, annotations, categories } = parsed(text);
  const nameOf = new Map(categories.map((category) => [category.id, category.name]));
  const imageOf = new Map(images.map((image) => [image.id, image]));
  if (imageOf.size < images.length) throw new Unreadable('two of its images have the same id');
  const things = new Map(images.map(({ file_name }): [string, Thing[]] => [file_name, []]));
  const lost = { image: 0, category: 0, bbox: 0 };
  for (const { image_id, category_id, bbox, iscrowd } of annotations) {
    const image = imageOf.get(image_id);
    const className = nameOf.get(category_id ?? '');
    if (image === undefined) lost.image += 1;
    else if (className === undefined) lost.category += 1;
    else if (bbox === undefined) lost.bbox += 1;
    else
      things.get(image.file_name)?.push({
        className,
        corners: shares(bbox, image),
        difficult: iscrowd === 1 || iscrowd === true,
      });
  }
  return {
    classes: categories.map(({ name }) => name),
    things,
    lost: [
      ...(lost.image > 0 ? [`${plural(lost.image, 'annotation')} of images that are not in its list`] : []),
      ...(lost.category > 0 ? [`${plural(lost.category, 'annotation')} without a category of its list`] : []),
      ...(lost.bbox > 0 ? [`${plural(lost.bbox, 'annotation')} without a box`] : []),
    ],
  };
}

const shares = (
  [x, y, w, h]: readonly [number, number, number, number],
  { width, height }: List['images'][number],
): Thing['corners'] => [x / width, y / height, (x + w) / width, (y + h) / height];

function parsed(text: string): List {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Unreadable(`is no JSON: ${(error as Error).message}`);
  }
  const read = schema.safeParse(json);
  if (!read.success) throw new Unreadable(firstIssue(read.error));
  return read.data;
}
