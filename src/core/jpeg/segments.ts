/** Marker segments of a JPEG file (ITU-T T.81, annex B): quantisation tables read, metadata segments written. */
import { orientationExif, type Metadata } from './metadata.ts';

export interface JpegHeader {
  /** Quantisation tables by number, 64 values in zig-zag order. */
  readonly tables: ReadonlyMap<number, Uint16Array>;
  /** Table numbers of the components, luma first. */
  readonly componentTables: readonly number[];
}

const marker = { SOI: 0xd8, APP1: 0xe1, APP2: 0xe2, DQT: 0xdb, SOS: 0xda, EOI: 0xd9 };
const isFrame = (code: number) => code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc;

/** The header of a JPEG file, or undefined where the bytes are no JPEG or end before the first scan. */
export function readJpegHeader(file: Uint8Array): JpegHeader | undefined {
  const data = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (data.length < 4 || data.readUInt16BE(0) !== 0xffd8) return undefined;
  const tables = new Map<number, Uint16Array>();
  let componentTables: number[] = [];
  let at = 2;
  while (at + 4 <= data.length && data[at] === 0xff) {
    const code = data[at + 1] as number;
    if (code === 0xff) {
      at += 1; // fill byte
      continue;
    }
    if (code === marker.SOS) return { tables, componentTables };
    const end = at + 2 + data.readUInt16BE(at + 2);
    if (end > data.length) return undefined;
    const body = data.subarray(at + 4, end);
    if (code === marker.DQT) readTables(body, tables);
    else if (isFrame(code))
      componentTables = Array.from({ length: body[5] ?? 0 }, (_, component) => body[8 + 3 * component] ?? 0);
    at = end;
  }
  return undefined;
}

function readTables(body: Buffer, tables: Map<number, Uint16Array>): void {
  let at = 0;
  while (at < body.length) {
    const wide = (body[at] as number) >> 4 !== 0;
    const size = wide ? 128 : 64;
    if (at + 1 + size > body.length) return;
    const table = new Uint16Array(64);
    for (let k = 0; k < 64; k++) table[k] = wide ? body.readUInt16BE(at + 1 + 2 * k) : (body[at + 1 + k] as number);
    tables.set((body[at] as number) & 15, table);
    at += 1 + size;
  }
}

const exifSignature = Buffer.from('Exif\0\0', 'latin1');
const iccSignature = Buffer.from('ICC_PROFILE\0', 'latin1');
const iccChunkBytes = 65519; // 65,535 less the length field and the chunk's head

/** An ICC profile as APP2 segments (ICC.1, annex B.4). */
function iccSegments(profile: Buffer): Buffer[] {
  const count = Math.ceil(profile.length / iccChunkBytes);
  return Array.from({ length: count }, (_, k) => {
    const chunk = profile.subarray(k * iccChunkBytes, (k + 1) * iccChunkBytes);
    return segment(marker.APP2, Buffer.concat([iccSignature, Buffer.from([k + 1, count]), chunk]));
  });
}

/** The file with metadata segments put behind its first marker. */
export function withSegments(jpeg: Buffer, { icc, orientation }: Metadata): Buffer {
  const segments = [
    ...(icc ? iccSegments(icc) : []),
    ...(orientation ? [segment(marker.APP1, Buffer.concat([exifSignature, orientationExif(orientation)]))] : []),
  ];
  return segments.length === 0 ? jpeg : Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

function segment(code: number, body: Uint8Array): Buffer {
  const head = Buffer.from([0xff, code, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}
