import { z } from 'zod';
import { Unreadable } from '../dataset/index.ts';
import { clipped, type Thing } from './thing.ts';

const id = z.union([z.number(), z.string()]);
const schema = z.object({
  images: z.array(z.object({ id, file_name: z.string(), width: z.number().positive(), height: z.number().positive() })),
  annotations: z.array(
    z.object({
      image_id: id,
      category_id: id.optional(),
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
      iscrowd: z.union([z.number(), z.boolean()]).optional(),
    }),
  ),
  categories: z.array(z.object({ id, name: z.string() })),
});

export interface CocoList {
  /** In the order of their numbers. */
  readonly classes: readonly string[];
  /** Objects of every image, by the name that the list gives it. */
  readonly things: ReadonlyMap<string, readonly Thing[]>;
}

/** @throws Unreadable that names what is wrong */
export function readCoco(text: string): CocoList {
  const { images, annotations, categories } = parsed(text);
  const nameOf = new Map(categories.map((category) => [category.id, category.name]));
  const byImage = Map.groupBy(annotations, ({ image_id }) => image_id);
  const things = images.map(({ id: image, file_name, width, height }) => {
    const own = (byImage.get(image) ?? []).flatMap(({ category_id, bbox, iscrowd }): Thing[] => {
      const className = category_id === undefined ? undefined : nameOf.get(category_id);
      if (className === undefined || bbox === undefined) return [];
      const [x, y, w, h] = bbox;
      const corners = clipped([x / width, y / height, (x + w) / width, (y + h) / height]);
      return corners ? [{ className, corners, difficult: iscrowd === 1 || iscrowd === true }] : [];
    });
    return [file_name, own] as const;
  });
  return { classes: categories.map(({ name }) => name), things: new Map(things) };
}

function parsed(text: string): z.infer<typeof schema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Unreadable(`is no JSON: ${(error as Error).message}`);
  }
  const read = schema.safeParse(json);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Unreadable(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is no COCO file'}`);
}
