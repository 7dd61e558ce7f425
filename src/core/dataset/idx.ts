import path from 'node:path';
import type { Problem, Split } from '../../protocol/analysis.ts';
import { groupBy, type Pack, type Packs } from './pack.ts';
import { reasonOf, Unreadable } from './reasons.ts';
import { checkUnpackedLength, unpackAll, unpackHead } from './unpack.ts';
import type { WalkedFile } from './walk.ts';

const namePattern = /^(.*?)(images|labels)[-.]idx[13]-ubyte(\.gz)?$/i;
const imagesMagic = 0x803;
const labelsMagic = 0x801;
const imagesHeader = 16;
const labelsHeader = 8;
const maxSide = 65_535;
/** Gzip must be unpacked into memory, since nothing inside it can be reached directly. */
const maxGzipBytes = 2 ** 31;

interface Named {
  readonly file: WalkedFile;
  /** Directory and beginning of the name, that images and labels share. */
  readonly stem: string;
  readonly kind: string;
  readonly gzip: boolean;
}

export function isIdxName(file: string): boolean {
  return namePattern.test(path.posix.basename(file));
}

/** Pairs images with labels, as MNIST and its kin are published: train-images-idx3-ubyte.gz, train-labels-…. */
export async function findIdx(root: string, files: readonly WalkedFile[], signal: AbortSignal): Promise<Packs> {
  const packs: Pack[] = [];
  const problems: Problem[] = [];
  const used = new Set<string>();
  for (const [stem, group] of groupBy(files.flatMap(parseName), (named) => named.stem)) {
    const images = preferPlain(group, 'images');
    const labels = preferPlain(group, 'labels');
    if (images === undefined) continue;
    for (const { file } of group) used.add(file.path);
    try {
      if (labels === undefined) throw new Unreadable('there is no file with its labels beside it');
      packs.push(await openPair(root, stem, images, labels, signal));
    } catch (error) {
      signal.throwIfAborted();
      problems.push({ path: images.file.path, code: 'unreadable', reason: reasonOf(error) });
    }
  }
  return { packs, problems, used };
}

function parseName(file: WalkedFile): Named[] {
  const { dir, base } = path.posix.parse(file.path);
  const [match, start = '', kind = '', gzip] = namePattern.exec(base) ?? [];
  if (match === undefined) return [];
  return [{ file, stem: `${dir}/${start.toLowerCase()}`, kind: kind.toLowerCase(), gzip: gzip !== undefined }];
}

/** torchvision leaves the .gz beside the file that it unpacked from it. */
function preferPlain(group: readonly Named[], kind: string): Named | undefined {
  const candidates = group.filter((named) => named.kind === kind);
  return candidates.find(({ gzip }) => !gzip) ?? candidates[0];
}

async function openPair(root: string, stem: string, images: Named, labels: Named, signal: AbortSignal): Promise<Pack> {
  const { count, height, width } = await openImages(root, images, signal);
  const found = await openLabels(root, labels, count).catch((error: unknown) => {
    throw new Unreadable(`its labels ${path.posix.basename(labels.file.path)}: ${reasonOf(error)}`);
  });
  const { file, gzip } = images;
  const shape = { count, height, width, channels: 1, order: 'interleaved', stride: height * width } as const;
  return {
    kind: 'idx',
    archive: { path: file.path, gzip, ...shape, offset: imagesHeader, modifiedMs: file.mtimeMs },
    split: splitOf(path.posix.basename(stem)),
    labels: found,
    className: String,
    prefix: '',
  };
}

interface Shape {
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

async function openImages(root: string, { file, gzip }: Named, signal: AbortSignal): Promise<Shape> {
  const header = await readHeader(path.join(root, file.path), gzip, imagesHeader, imagesMagic);
  const [count, height, width] = [header.readUInt32BE(4), header.readUInt32BE(8), header.readUInt32BE(12)];
  if (count === 0 || height === 0 || width === 0 || height > maxSide || width > maxSide)
    throw new Unreadable(`expected images but found ${count} of ${height}×${width} pixels`);
  const expected = imagesHeader + count * height * width;
  if (!gzip && file.size !== expected)
    throw new Unreadable(`expected ${expected} bytes for ${count} images of ${height}×${width} but found ${file.size}`);
  if (gzip && expected > maxGzipBytes) throw new Unreadable('too large to be read while packed: unpack it with gunzip');
  if (gzip) await checkUnpackedLength(path.join(root, file.path), gzip, expected, signal);
  return { count, height, width };
}

async function openLabels(root: string, { file, gzip }: Named, images: number): Promise<Uint8Array> {
  const header = await readHeader(path.join(root, file.path), gzip, labelsHeader, labelsMagic);
  const count = header.readUInt32BE(4);
  if (count !== images) throw new Unreadable(`expected ${images} labels but found ${count}`);
  const whole = await unpackAll(path.join(root, file.path), gzip, labelsHeader + count);
  return whole.subarray(labelsHeader);
}

async function readHeader(file: string, gzip: boolean, bytes: number, magic: number): Promise<Buffer> {
  const header = await unpackHead(file, gzip, bytes);
  if (header.length < bytes) throw new Unreadable(`expected a header of ${bytes} bytes but found ${header.length}`);
  const found = header.readUInt32BE(0);
  if (found !== magic) throw new Unreadable(`expected the magic number ${hex(magic)} but found ${hex(found)}`);
  return header;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}

function splitOf(name: string): Split {
  if (/t10k|test/.test(name)) return 'test';
  return /valid|(^|[^a-z])val/.test(name) ? 'val' : 'train';
}
