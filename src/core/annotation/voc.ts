import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { Unreadable } from '../dataset/index.ts';
import { clipped, type Thing } from './thing.ts';

const number = z.coerce.number();
const schema = z.object({
  annotation: z.object({
    size: z.object({ width: number.positive(), height: number.positive() }),
    object: z
      .array(
        z.object({
          name: z.string(),
          difficult: z.string().optional(),
          bndbox: z.object({ xmin: number, ymin: number, xmax: number, ymax: number }),
        }),
      )
      .default([]),
  }),
});
const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'object' });

/**
 * Objects of a Pascal VOC file.
 * @throws Unreadable that names what is missing
 */
export function readVoc(text: string): Thing[] {
  const read = schema.safeParse(parsed(text));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new Unreadable(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is no Pascal VOC file'}`);
  }
  const { size, object } = read.data.annotation;
  return object.flatMap(({ name, difficult, bndbox: { xmin, ymin, xmax, ymax } }) => {
    const corners = clipped([xmin / size.width, ymin / size.height, xmax / size.width, ymax / size.height]);
    return corners ? [{ className: name, corners, difficult: difficult === '1' }] : [];
  });
}

function parsed(text: string): unknown {
  try {
    return parser.parse(text);
  } catch (error) {
    throw new Unreadable(`is no XML: ${(error as Error).message}`);
  }
}
