import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, mkdir, open, readFile, rename, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { OpenArchives, SampleContent } from '../dataset/index.ts';
import { InputError } from '../errors.ts';
import { sourceImage, type Encoder } from '../jpeg/index.ts';
import { unfinishedFolder, type ManifestLine } from './manifest.ts';
import type { PlanHeader, PlanLine } from './plan-schema.ts';

export interface FileMaker {
  readonly header: PlanHeader;
  readonly archives: OpenArchives;
  readonly encoder: Encoder;
  readonly target: string;
}

/** The source is not what was planned, or can't be read: this file is left out and listed. */
export class SourceFault extends Error {}

/** The manifest's line of a planned file, as far as the plan knows it. */
export function manifestLine(line: PlanLine, header: PlanHeader): ManifestLine {
  const { target, path: source, sha256, quality, label, sensitivity, se, cluster, reason } = line;
  return {
    path: target,
    source,
    ...(sha256 === undefined ? {} : { sourceSha256: sha256 }),
    quality,
    ...(quality === 'drop' ? {} : { encoding: encodingText(line, header) }),
    label,
    sensitivity,
    se,
    cluster,
    reason,
  };
}

/** Everything that a file's bytes depend on beside its source. */
function encodingText({ quality, coding, archive }: PlanLine, { codings, optimizeHuffman }: PlanHeader): string {
  if (quality === 'original') return archive === undefined ? 'original' : 'png';
  const own = coding ?? codings[0];
  return own === 'webp' ? `webp q${quality}` : `jpeg q${quality} ${own}${optimizeHuffman ? ' optimised' : ''}`;
}

/**
 * Makes one file of the copy: whole under its name, or not there.
 * @returns its hash and size
 * @throws SourceFault when the source is gone, changed or unreadable
 */
export async function makeFile(
  line: PlanLine,
  number: number,
  maker: FileMaker,
): Promise<{ sha256: string; bytes: number }> {
  const unfinished = path.join(maker.target, unfinishedFolder, String(number));
  const final = path.join(maker.target, line.target);
  const source = path.join(maker.header.root, sourceFile(line, maker.header));
  const modified = (await stat(source).catch(asSourceFault)).mtime;
  const made =
    line.sha256 === undefined ? await copyOther(source, line, unfinished) : await encodeSample(line, maker, unfinished);
  await utimes(unfinished, modified, modified);
  await mkdir(path.dirname(final), { recursive: true });
  await rename(unfinished, final);
  return made;
}

function sourceFile(line: PlanLine, header: PlanHeader): string {
  if (line.archive === undefined) return line.path;
  const archive = header.archives[line.archive[0]];
  if (archive === undefined)
    throw new InputError(`The plan's line of ${line.path} names archive ${line.archive[0]}, which its header lacks`);
  return archive.path;
}

async function encodeSample(line: PlanLine, maker: FileMaker, unfinished: string) {
  const { archives, header } = maker;
  const content: SampleContent =
    line.archive === undefined
      ? { kind: 'file', data: await readFile(path.join(header.root, line.path)).catch(asSourceFault) }
      : await archives.read(...line.archive).catch(asSourceFault);
  if (sha256(content.data) !== line.sha256)
    throw new SourceFault('its content is not what it was when the plan was made');
  const data = await encoded(content, line, maker);
  if (data.length !== line.planned)
    throw new InputError(
      `${line.path} takes ${data.length} bytes instead of the planned ${line.planned}: this version of the encoder differs from the plan's. Make the plan again`,
    );
  const handle = await open(unfinished, 'w');
  try {
    await handle.writeFile(data);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { sha256: sha256(data), bytes: data.length };
}

async function encoded(
  content: SampleContent,
  { quality, coding }: PlanLine,
  { encoder, header }: FileMaker,
): Promise<Buffer> {
  if (quality === 'original' && content.kind === 'file') return content.data;
  const image = await sourceImage(content, encoder).catch(asSourceFault);
  return typeof quality === 'number'
    ? encoder.encode(image, { coding: coding ?? header.codings[0], quality })
    : encoder.encodeLossless(image);
}

/** Files that are no samples may be of any size: they never pass through memory whole. */
async function copyOther(source: string, line: PlanLine, unfinished: string) {
  await copyFile(source, unfinished, constants.COPYFILE_FICLONE).catch(asSourceFault);
  const handle = await open(unfinished, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  const { size } = await stat(unfinished);
  if (size !== line.bytes) throw new SourceFault(`it has ${size} bytes now, ${line.bytes} when the plan was made`);
  return { sha256: await sha256OfFile(unfinished), bytes: size };
}

export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');

function asSourceFault(error: unknown): never {
  throw new SourceFault((error as Error).message);
}
