import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { InputError } from '../errors.ts';

const three = z.array(z.number()).length(3);

const schema = z.strictObject({
  /** Side of the square input, pixels; from the file where it fixes one. */
  inputSize: z.number().int().min(8).max(1024).optional(),
  layout: z.enum(['NCHW', 'NHWC']).optional(),
  /** Bytes are divided by it before the mean is taken off. */
  scale: z.number().positive().default(255),
  mean: three.default([0, 0, 0]),
  std: three.refine((values) => values.every((value) => value > 0), 'must be above 0').default([1, 1, 1]),
  /** Class of every logit: names, or a text file with one a line, beside the settings. */
  labels: z.union([z.array(z.string()), z.string()]).optional(),
});

export interface OwnNetworkSettings extends Omit<z.infer<typeof schema>, 'labels'> {
  readonly labels?: readonly string[];
}

/**
 * What the JSON file beside a model (MODEL.json for MODEL.onnx) says; defaults where there is none.
 * @throws InputError when it can't be understood
 */
export async function readNetworkSettings(model: string): Promise<OwnNetworkSettings> {
  const file = model.replace(/(\.onnx)?$/i, '.json');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '{}';
    throw new InputError(`${file}: can't be read (${(error as Error).message})`);
  });
  const { labels, ...settings } = parsed(text, file);
  if (labels === undefined) return settings;
  return {
    ...settings,
    labels: typeof labels === 'string' ? await readLabels(path.join(path.dirname(file), labels)) : labels,
  };
}

function parsed(text: string, file: string): z.infer<typeof schema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file}: is no JSON (${(error as Error).message})`);
  }
  const result = schema.safeParse(json);
  if (!result.success) throw new InputError(`${file}: ${z.prettifyError(result.error).replaceAll(/\s+/g, ' ')}`);
  return result.data;
}

async function readLabels(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new InputError(`${file}: the labels can't be read (${(error as Error).message})`);
  });
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
