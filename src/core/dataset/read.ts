import { open, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Archive, Dataset } from './dataset.ts';
import { unpackAll } from './unpack.ts';

/** A sample as it lies in the dataset: a file's bytes, or pixels in rows, interleaved. */
export type SampleContent =
  | { readonly kind: 'file'; readonly data: Buffer }
  | {
      readonly kind: 'raw';
      readonly data: Buffer;
      readonly width: number;
      readonly height: number;
      readonly channels: 1 | 3;
    };

export interface SampleReader extends AsyncDisposable {
  /** @throws Error when the file can't be read or is not what it was at the scan */
  read(index: number): Promise<SampleContent>;
}

/** Packed originals of a dataset; each is opened when it is first needed, once. */
export interface OpenArchives extends AsyncDisposable {
  /**
   * Pixels of one image.
   * @param archive  number of the archive
   * @param index  number of the image in it
   * @throws Error when the archive can't be read
   */
  read(archive: number, index: number): Promise<SampleContent>;
}

interface OpenArchive {
  /** A copy of the bytes of one image. */
  readonly pixels: (index: number) => Promise<Buffer>;
  readonly close: () => Promise<void>;
}

export function openArchives(root: string, archives: readonly Archive[]): OpenArchives {
  const opened = new Map<number, Promise<OpenArchive>>();
  let closed = false;
  return {
    async read(number, index) {
      if (closed) throw new Error('Archives can not be read any more: the reader was closed');
      const archive = archives[number];
      if (archive === undefined || index >= archive.count)
        throw new Error(`Expected one of ${archives.length} archives but received image ${index} of archive ${number}`);
      const source = opened.get(number) ?? openArchive(root, archive);
      opened.set(number, source);
      const raw = await (await source).pixels(index);
      const { width, height, channels, order } = archive;
      return { kind: 'raw', data: order === 'planar' ? interleave(raw, channels) : raw, width, height, channels };
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      const all = await Promise.allSettled(opened.values());
      await Promise.all(all.map(async (one) => (one.status === 'fulfilled' ? one.value.close() : undefined)));
    },
  };
}

export function openSamples(dataset: Dataset): SampleReader {
  const archives = openArchives(dataset.root, dataset.archives);
  return {
    read: async (index) => {
      const archive = dataset.archive[index] ?? -1;
      return archive < 0
        ? { kind: 'file', data: await readFileSample(dataset, index) }
        : archives.read(archive, dataset.archiveIndex[index] ?? 0);
    },
    [Symbol.asyncDispose]: () => archives[Symbol.asyncDispose](),
  };
}

async function readFileSample(dataset: Dataset, index: number): Promise<Buffer> {
  const file = dataset.path.at(index);
  const handle = await open(path.join(dataset.root, file));
  try {
    const { size, mtimeMs } = await handle.stat();
    if (size !== dataset.bytes[index] || mtimeMs !== dataset.modifiedMs[index]) throw changed(file);
    const data = Buffer.allocUnsafe(size);
    await readFully(handle, data, 0, file);
    return data;
  } finally {
    await handle.close();
  }
}

async function openArchive(root: string, archive: Archive): Promise<OpenArchive> {
  const file = path.join(root, archive.path);
  if ((await stat(file)).mtimeMs !== archive.modifiedMs) throw changed(archive.path);
  return archive.gzip ? gzipArchive(root, archive) : plainArchive(await open(file), archive);
}

function plainArchive(handle: FileHandle, archive: Archive): OpenArchive {
  return {
    pixels: async (index) => {
      const data = Buffer.allocUnsafe(imageBytes(archive));
      await readFully(handle, data, archive.offset + index * archive.stride, archive.path);
      return data;
    },
    close: async () => handle.close(),
  };
}

async function gzipArchive(root: string, archive: Archive): Promise<OpenArchive> {
  const { count, offset, stride } = archive;
  const whole = await unpackAll(path.join(root, archive.path), true, offset + count * stride).catch(
    (error: unknown) => {
      throw new Error(`${archive.path} can not be unpacked`, { cause: error });
    },
  );
  return {
    pixels: async (index) => {
      const start = offset + index * stride;
      return Promise.resolve(Buffer.from(whole.subarray(start, start + imageBytes(archive))));
    },
    close: async () => Promise.resolve(),
  };
}

function imageBytes({ height, width, channels }: Archive): number {
  return height * width * channels;
}

async function readFully(handle: FileHandle, target: Buffer, position: number, name: string): Promise<void> {
  for (let done = 0; done < target.length;) {
    const { bytesRead } = await handle.read(target, done, target.length - done, position + done);
    if (bytesRead === 0) throw changed(name);
    done += bytesRead;
  }
}

function interleave(planar: Buffer, channels: number): Buffer {
  const pixels = planar.length / channels;
  const result = Buffer.allocUnsafe(planar.length);
  for (let channel = 0; channel < channels; channel += 1)
    for (let at = 0; at < pixels; at += 1) result[at * channels + channel] = planar[channel * pixels + at] ?? 0;
  return result;
}

function changed(file: string): Error {
  return new Error(`${file} was changed since the folder was scanned: scan it again`);
}
