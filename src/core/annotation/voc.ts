import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { Unreadable } from '../dataset/index.ts';
import { firstIssue } from './first-issue.ts';
import type { Thing } from './thing.ts';

const text = z.string().min(1);
const number = text.transform(Number).pipe(z.number());
const schema = z.object({
  annotation: z.object({
    size: z.object({ width: number.pipe(z.number().positive()), height: number.pipe(z.number().positive()) }),
    object: z
      .array(
        z.object({
          name: text,
          difficult: z.string().optional(),
          bndbox: z.object({ xmin: number, ymin: number, xmax: number, ymax: number }),
          object: z.undefined({ error: 'an object inside of an object' }).optional(),
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
export function readVoc(file: string): Thing[] {
  const read = schema.safeParse(parsed(file));
  if (!read.success) throw new Unreadable(firstIssue(read.error));
  const { size, object } = read.data.annotation;
  return object.map(({ name, difficult, bndbox: { xmin, ymin, xmax, ymax } }) => ({
    className: name,
    corners: [xmin / size.width, ymin / size.height, xmax / size.width, ymax / size.height],
    difficult: difficult === '1',
  }));
}

function parsed(file: string): unknown {
  // The parser makes the best of a file that was cut off, and so would lose objects silently.
  if (!/<\/annotation\s*>\s*$/.test(file)) throw new Unreadable('is no XML that ends with </annotation>');
  try {
    return parser.parse(file);
  } catch (error) {
    throw new Unreadable(`is no XML: ${(error as Error).message}`);
  }
}
