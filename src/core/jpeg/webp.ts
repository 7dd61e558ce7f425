/** Chunks of a WebP file (RFC 9649, section 2.7): metadata put around a picture. */
import { orientationExif, type Metadata } from './metadata.ts';

/** Pixels a side that a WebP can have. */
export const mostWebpSide = 16383;

const flags = { icc: 0x20, exif: 0x08 };
const headBytes = 12;

/** The simple file that an encoder writes, extended by the metadata. */
export function withChunks(webp: Buffer, { width, height, icc, orientation }: Metadata & Size): Buffer {
  if (icc === undefined && orientation === undefined) return webp;
  const features = Buffer.alloc(10);
  features[0] = (icc ? flags.icc : 0) | (orientation ? flags.exif : 0);
  features.writeUIntLE(width - 1, 4, 3);
  features.writeUIntLE(height - 1, 7, 3);
  const chunks = Buffer.concat([
    chunk('VP8X', features),
    icc ? chunk('ICCP', icc) : Buffer.alloc(0),
    webp.subarray(headBytes),
    orientation ? chunk('EXIF', orientationExif(orientation)) : Buffer.alloc(0),
  ]);
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  head.writeUInt32LE(headBytes - 8 + chunks.length, 4);
  return Buffer.concat([head, chunks]);
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Of an even length, as all are. */
function chunk(name: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}
