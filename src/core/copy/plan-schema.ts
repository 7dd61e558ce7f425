/** Plans are files that people keep, send and edit: read as hostile input. */
import path from 'node:path';
import { z } from 'zod';
import { tasks } from '../../protocol/analysis.ts';
import { byteModels } from '../../protocol/byte-model.ts';
import { codings } from '../../protocol/encoding.ts';
import { costUnits } from '../../protocol/prices.ts';
import { policyNames } from '../../protocol/policy.ts';

const bytes = z.number().int().nonnegative();
const quality = z.number().int().min(1).max(100);

/** Relative, with forward slashes, and never leading out of its folder. */
export const safePath = z
  .string()
  .min(1)
  .refine(
    (text) =>
      !path.posix.isAbsolute(text) &&
      !path.win32.isAbsolute(text) &&
      !/[\0\\]/.test(text) &&
      !text.split('/').some((part) => part === '' || part === '.' || part === '..'),
    'must be a relative path without "..", empty parts or backslashes',
  );

export const qualitySchema = z.union([quality, z.literal('original'), z.literal('drop')]);

const archiveSchema = z.object({
  path: safePath,
  gzip: z.boolean(),
  count: bytes,
  height: bytes,
  width: bytes,
  channels: z.union([z.literal(1), z.literal(3)]),
  order: z.enum(['interleaved', 'planar']),
  offset: bytes,
  stride: bytes,
  modifiedMs: z.number(),
});

export const planVersion = 1;

export const planHeaderSchema = z.object({
  kind: z.literal('bitbudget-plan'),
  version: z.literal(planVersion),
  /** Absolute path of the dataset. */
  root: z.string().min(1),
  layout: z.string(),
  /** SHA-256 over the content of all samples, hexadecimal. */
  fingerprint: z.string(),
  policy: z.enum(policyNames),
  /** Share of the files whose qualities were drawn at random, where it is not 0. */
  diversity: z.number().min(0).max(1).optional(),
  lines: bytes,
  /** How the header's bytes are counted, where not plainly, and what its lines plan together. */
  byteModel: z.enum(byteModels).optional(),
  plainBytes: bytes.optional(),
  budgetBytes: bytes,
  originalBytes: bytes,
  plannedBytes: bytes,
  /** Bytes that do not depend on the budget: other splits, files kept as they are, files that are no samples. */
  fixedBytes: bytes,
  /** The first one is the coding of lines that name none. */
  codings: z.tuple([z.enum(codings)], z.enum(codings)),
  optimizeHuffman: z.boolean(),
  qualities: z.array(quality),
  /** Whether near-duplicates were looked for. */
  duplicates: z.boolean().optional(),
  /** What the plan was not allowed, where its rule knows guards. */
  guards: z
    .object({
      protect: z.array(z.string()).readonly(),
      floors: z.array(z.object({ glob: z.string(), quality })).readonly(),
      mostDropped: z.number().min(0).max(1),
      heldOut: z.union([quality, z.literal('original')]),
    })
    .optional(),
  /** What a plan by sensitivities rests on. */
  probe: z
    .object({
      engine: z.string(),
      folds: bytes,
      seeds: bytes,
      epochs: bytes,
      side: bytes,
      accuracy: z.number(),
      dataExponent: z.number(),
    })
    .optional(),
  /** What the plan is expected to cost over originals by probes and sweep: test error, or nats of mean loss. */
  expectedCost: z.object({ cost: z.number(), unit: z.enum(costUnits) }).optional(),
  /**
   * Test error by trainings at other budgets, with its 90 % interval, and of networks trained on all originals; of so many
   * left-out budgets so many lay in such an interval.
   */
  predicted: z
    .object({
      task: z.enum(tasks),
      error: z.number(),
      interval: z.tuple([z.number(), z.number()]).readonly(),
      original: z.number(),
      coverage: z.object({ inside: bytes, leftOut: bytes, interval: z.tuple([z.number(), z.number()]).readonly() }),
    })
    .optional(),
  /** Of plans by sensitivities: no other allocation costs less than the bound. */
  certificate: z.object({ cost: z.number(), lowerBound: z.number(), pricePerByte: z.number() }).optional(),
  /** What a plan by a threshold rests on. */
  training: z
    .object({ engine: z.string(), configuration: z.string(), seeds: bytes, epochs: bytes, side: bytes })
    .optional(),
  /** Expected seconds of training the probe network, where they are priced: bytes of budget for a second. */
  time: z
    .object({ secondWorth: z.number(), allSeconds: z.number(), plannedSeconds: z.number(), timeBytes: z.number() })
    .optional(),
  archives: z.array(archiveSchema),
  problems: z.array(z.object({ path: z.string(), code: z.string(), reason: z.string() })),
});
export type PlanHeader = z.infer<typeof planHeaderSchema>;

export const planLineSchema = z.object({
  path: safePath,
  /** Where the copy puts it, as the extension may change. */
  target: safePath,
  label: z.string().nullable(),
  bytes,
  quality: qualitySchema,
  /** Of a quality; the header's first one where it is absent. */
  coding: z.enum(codings).optional(),
  planned: bytes,
  sensitivity: z.number().nullable(),
  se: z.number().nullable(),
  cluster: z.string().nullable(),
  reason: z.string(),
  /** Of the source's content, hexadecimal; absent for files that are no samples. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** For a packed sample: which of the header's archives, and the image's number in it. */
  archive: z.tuple([bytes, bytes]).optional(),
});
export type PlanLine = z.infer<typeof planLineSchema>;

export interface Plan {
  readonly header: PlanHeader;
  readonly file: string;
}
