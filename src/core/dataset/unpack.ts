import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Unreadable } from './reasons.ts';

/** Bytes of a file, unpacked where it is gzip, chunk by chunk. */
async function* unpackedChunks(file: string, gzip: boolean): AsyncGenerator<Buffer> {
  const source = createReadStream(file, { highWaterMark: 1 << 18 });
  // Errors and an early end of the loop travel through the pipeline; its callback has nothing to add.
  const stream = gzip ? pipeline(source, createGunzip({ chunkSize: 1 << 18 }), () => undefined) : source;
  for await (const chunk of stream) yield chunk as Buffer;
}

/** First bytes of the unpacked file; fewer where it is shorter. */
export async function unpackHead(file: string, gzip: boolean, bytes: number): Promise<Buffer> {
  const head: Buffer[] = [];
  let length = 0;
  for await (const chunk of unpackedChunks(file, gzip)) {
    head.push(chunk);
    length += chunk.length;
    if (length >= bytes) break;
  }
  return Buffer.concat(head).subarray(0, bytes);
}

/**
 * Walks through a whole file and holds none of it.
 * @throws Unreadable when it does not unpack to exactly `expected` bytes
 */
export async function checkUnpackedLength(
  file: string,
  gzip: boolean,
  expected: number,
  signal: AbortSignal,
): Promise<void> {
  let length = 0;
  for await (const chunk of unpackedChunks(file, gzip)) {
    signal.throwIfAborted();
    length += chunk.length;
    if (length > expected) break;
  }
  expectLength(length, expected);
}

/**
 * The whole file in memory: never more than its header promised, whatever the gzip holds.
 * @throws Unreadable when it does not unpack to exactly `expected` bytes
 */
export async function unpackAll(file: string, gzip: boolean, expected: number): Promise<Buffer> {
  const whole = Buffer.allocUnsafe(expected);
  let length = 0;
  for await (const chunk of unpackedChunks(file, gzip)) {
    if (length + chunk.length <= expected) chunk.copy(whole, length);
    length += chunk.length;
    if (length > expected) break;
  }
  expectLength(length, expected);
  return whole;
}

function expectLength(length: number, expected: number): void {
  if (length > expected) throw new Unreadable(`expected ${expected} bytes as its header says but found more`);
  if (length < expected) throw new Unreadable(`expected ${expected} bytes as its header says but found ${length}`);
}
