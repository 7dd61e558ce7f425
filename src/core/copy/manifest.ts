/** The copy's list of what was done to every file, and the journal from which it grows. */
import { z } from 'zod';
import { byteModels } from '../../protocol/byte-model.ts';
import { qualitySchema, safePath } from './plan-schema.ts';

export const manifestName = 'bitbudget.manifest.jsonl';
/** Manifest lines of files already written, in no order; it is there only while a copy is unfinished. */
export const journalName = 'bitbudget.journal.jsonl';
/** Files under way; renamed to their own names when they are whole. */
export const unfinishedFolder = '.bitbudget-unfinished';

export const manifestHeaderSchema = z.object({
  kind: z.literal('bitbudget-manifest'),
  version: z.literal(1),
  /** The dataset that the copy was made from. */
  root: z.string(),
  budgetBytes: z.number(),
  /** What the budget counts, where not plain bytes. */
  byteModel: z.enum(byteModels).optional(),
  /** Images and other files together; the manifest itself is not counted. */
  bytes: z.number(),
  files: z.number(),
  dropped: z.number(),
  /** Files of the dataset that the copy lacks, and why. */
  skipped: z.array(z.object({ path: z.string(), code: z.string(), reason: z.string() })),
});
export type ManifestHeader = z.infer<typeof manifestHeaderSchema>;

/** One planned file; `encoding`, `sha256` and `bytes` are of the copy, and absent for what it does not hold. */
export const manifestLineSchema = z.object({
  path: safePath,
  source: safePath,
  sourceSha256: z.string().optional(),
  quality: qualitySchema,
  encoding: z.string().optional(),
  sha256: z.string().optional(),
  bytes: z.number().optional(),
  label: z.string().nullable(),
  sensitivity: z.number().nullable(),
  se: z.number().nullable(),
  cluster: z.string().nullable(),
  reason: z.string(),
});
export type ManifestLine = z.infer<typeof manifestLineSchema>;
