/** What a file takes of the budget, beside its content. */

export const byteModels = ['plain', 'blocks', 'tar'] as const;
/** Plain bytes, blocks of 4 KiB that a file system allocates, or bytes inside a tar shard. */
export type ByteModel = (typeof byteModels)[number];

const blockBytes = 4096;
const tarBlockBytes = 512;
/** Of a tar entry's header; a longer name needs an entry of its own. */
const tarNameBytes = 100;

/**
 * Bytes that a file is counted as. In a tar (GNU format): a header of 512 bytes, the content in blocks of 512, and in
 * front of a file with a long name a header and the name, zero-terminated, in blocks of 512.
 * @param nameBytes  of its path in the copy, UTF-8
 */
export function countedBytes(model: ByteModel, bytes: number, nameBytes: number): number {
  switch (model) {
    case 'plain':
      return bytes;
    case 'blocks':
      return padded(bytes, blockBytes);
    case 'tar': {
      const longName = nameBytes > tarNameBytes ? tarBlockBytes + padded(nameBytes + 1, tarBlockBytes) : 0;
      return tarBlockBytes + padded(bytes, tarBlockBytes) + longName;
    }
  }
}

/** Bytes that a copy takes beside its files: at most what ends one shard, two empty blocks filled up to 10,240 bytes. */
export const endBytes = (model: ByteModel): number =>
  model === 'tar' ? 2 * tarBlockBytes + 10_240 - tarBlockBytes : 0;

/** To follow a number of bytes: "", or " counted as 4 KiB blocks". */
export const countedAs = (model: ByteModel): string =>
  ({ plain: '', blocks: ' counted as 4 KiB blocks', tar: ' counted as in tar shards' })[model];

const padded = (bytes: number, block: number) => Math.ceil(bytes / block) * block;
