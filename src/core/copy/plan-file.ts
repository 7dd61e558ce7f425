import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { z } from 'zod';
import { InputError } from '../errors.ts';
import { writeLines } from './lines.ts';
import { planHeaderSchema, planLineSchema, type PlanHeader, type PlanLine } from './plan-schema.ts';

/** Writes a plan: the header, then a line a sample. The file appears whole or not at all. */
export async function writePlan(file: string, header: PlanHeader, lines: Iterable<PlanLine>): Promise<void> {
  function* all(): Iterable<string> {
    yield JSON.stringify(header);
    for (const line of lines) yield JSON.stringify(line);
  }
  await writeLines(file, all());
}

/** The header and the lines of a plan; lines are read as they are asked for. */
export async function readPlan(file: string): Promise<{ header: PlanHeader; lines: () => AsyncIterable<PlanLine> }> {
  for await (const text of linesOf(file)) {
    const header = parseLine(planHeaderSchema, text, file, 1);
    return { header, lines: () => planLines(file, header.lines) };
  }
  throw new InputError(`${file} is empty: expected a plan written by "bitbudget plan"`);
}

async function* planLines(file: string, expected: number): AsyncIterable<PlanLine> {
  let number = 0;
  for await (const text of linesOf(file)) {
    number += 1;
    if (number > 1) yield parseLine(planLineSchema, text, file, number);
  }
  if (number !== expected + 1)
    throw new InputError(
      `${file} is cut off: expected ${expected} lines after the header but found ${number - 1}. Make the plan again`,
    );
}

export async function* linesOf(file: string): AsyncIterable<string> {
  const stream = createReadStream(file, 'utf8');
  try {
    // readline forgets errors of a stream that fails before it is read.
    await new Promise<void>((resolve, reject) =>
      stream
        .once('open', () => {
          resolve();
        })
        .once('error', reject),
    );
  } catch (error) {
    throw new InputError(`Can't read ${file}: ${(error as Error).message}`);
  }
  yield* createInterface({ input: stream, crlfDelay: Infinity });
}

/** @throws InputError that names the file, the line and what was expected there */
export function parseLine<T extends z.ZodType>(schema: T, text: string, file: string, number: number): z.infer<T> {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new InputError(`${file}, line ${number}: expected JSON but found "${text.slice(0, 40)}"`);
  }
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new InputError(
    `${file}, line ${number}: ${issue?.path.join('.') || 'the line'}: ${issue?.message ?? 'is not as expected'}`,
  );
}
