import sharp, { type Raw } from 'sharp';
import type { Codings, Encoding } from '../../protocol/encoding.ts';
import type { Metadata } from './metadata.ts';
import { estimateQuality } from './quality.ts';
import { withSegments } from './segments.ts';
import { mostWebpSide, withChunks } from './webp.ts';

export interface EncodeOptions {
  readonly codings: Codings;
  readonly optimizeHuffman: boolean;
}

/** Names options in the store. */
export const encodeKey = ({ codings, optimizeHuffman }: EncodeOptions) => ({
  subsampling: codings.join(' '),
  optimizeHuffman,
});

/** A decoded source. Pixels are as stored: no rotation, no colour conversion, so labels keep their places. */
export interface SourceImage extends Metadata {
  /** height × width × channels, row-major; empty when `keepReason` is set. */
  readonly pixels: Buffer;
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 RGB. */
  readonly channels: 1 | 3;
  /** The quality that a JPEG source was written with. */
  readonly sourceQuality?: number;
  /** Why the file can't be encoded without losing more than detail; such a file is only ever kept. */
  readonly keepReason?: string;
}

/** Encodes and decodes through one codec, so that measured and written bytes are the same. */
export interface Encoder {
  /** @throws Error with the decoder's reason where the bytes can't be read */
  decode(file: Buffer): Promise<SourceImage>;
  /** Pixels of an image file, by its head alone. @throws Error with the decoder's reason */
  sizeOf(path: string): Promise<{ readonly width: number; readonly height: number }>;
  encode(image: SourceImage, encoding: Encoding): Promise<Buffer>;
  /** Lossless PNG, for sources that have no file of their own. */
  encodeLossless(image: SourceImage): Promise<Buffer>;
  /** Pixels scaled to side × side × 3, aspect ratio given up; `encoded` is a result of `encode`. */
  view(encoded: Buffer, side: number): Promise<Buffer>;
  /** The same of the source itself. */
  sourceView(image: SourceImage, side: number): Promise<Buffer>;
}

/** More than this is refused unread: 16,384 × 16,384. */
const pixelLimit = 0x3fff * 0x3fff;
// Colour profiles are carried along, not applied.
const input = { ignoreIcc: true, limitInputPixels: pixelLimit, failOn: 'warning' } as const;

/**
 * Whether an image may become an encoding: a JPEG is given no higher quality than it has, and a WebP is no larger than the
 * format allows and never of a grey image, which it would show in three channels.
 */
export function isOffered(
  { sourceQuality = 100, channels, width, height }: SourceImage,
  { coding, quality }: Encoding,
): boolean {
  const holds = coding !== 'webp' || (channels === 3 && Math.max(width, height) <= mostWebpSide);
  return holds && quality <= sourceQuality;
}

export function createEncoder({ optimizeHuffman }: Pick<EncodeOptions, 'optimizeHuffman'>): Encoder {
  const raw = (image: SourceImage) => {
    const { width, height, channels } = image;
    const pipeline = sharp(image.pixels, { raw: { width, height, channels } });
    return channels === 1 ? pipeline.toColourspace('b-w') : pipeline;
  };
  return {
    decode,
    sizeOf: (path) => sharp(path, input).metadata(),
    async encode(image, { coding, quality }) {
      if (coding === 'webp') return withChunks(await raw(image).webp({ quality }).toBuffer(), image);
      const jpeg = await raw(image)
        .jpeg({ quality, chromaSubsampling: coding, optimiseCoding: optimizeHuffman })
        .toBuffer();
      return withSegments(jpeg, image);
    },
    encodeLossless: (image) => raw(image).png({ compressionLevel: 9 }).toBuffer(),
    async view(encoded, side) {
      const { data, info } = await sharp(encoded, input).raw().toBuffer({ resolveWithObject: true });
      return toView(data, info, side);
    },
    sourceView: ({ pixels, ...raw }, side) => toView(pixels, raw, side),
  };
}

async function decode(file: Buffer): Promise<SourceImage> {
  const facts = await sharp(file, input).metadata();
  const { width, height } = facts;
  const metadata: Metadata = {
    ...(facts.icc && { icc: facts.icc }),
    ...(facts.orientation !== undefined && facts.orientation > 1 && { orientation: facts.orientation }),
  };
  const sourceQuality = facts.format === 'jpeg' ? estimateQuality(file) : undefined;
  const shared = { width, height, ...metadata, ...(sourceQuality === undefined ? {} : { sourceQuality }) };
  const kept = (keepReason: string): SourceImage => ({ ...shared, pixels: Buffer.alloc(0), channels: 3, keepReason });
  if ((facts.pages ?? 1) > 1) return kept(`animated or of several pages (${facts.pages})`);
  if (facts.depth !== 'uchar') return kept(`more than 8 bits a channel (${facts.depth})`);
  if (facts.space !== 'srgb' && facts.space !== 'b-w') return kept(`colours are ${facts.space}, not RGB or grey`);
  if (width > 65535 || height > 65535) return kept('larger than a JPEG can be (65,535 pixels a side)');

  const grey = facts.space === 'b-w';
  const pipeline = sharp(file, input);
  const { data, info } = await (grey ? pipeline.toColourspace('b-w') : pipeline)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const opaque = withoutOpaqueAlpha(data, info.channels);
  if (opaque === undefined) return kept('partly transparent');
  return { ...shared, pixels: opaque, channels: grey ? 1 : 3 };
}

/** Drops an alpha channel that hides nothing; undefined where one does. */
function withoutOpaqueAlpha(data: Buffer, channels: number): Buffer | undefined {
  if (channels === 1 || channels === 3) return data;
  const colours = channels - 1;
  const out = Buffer.allocUnsafe((data.length / channels) * colours);
  for (let from = 0, to = 0; from < data.length; from += channels) {
    if (data[from + colours] !== 255) return undefined;
    for (let channel = 0; channel < colours; channel++) out[to++] = data[from + channel] as number;
  }
  return out;
}

// Of decoded pixels: sharp shrinks large JPEGs while it loads them, by another filter than it shrinks pixels, whatever
// fastShrinkOnLoad says, and the difference would look like sensitivity.
const toView = (pixels: Buffer, { width, height, channels }: Omit<Raw, 'premultiplied'>, side: number) =>
  sharp(pixels, { raw: { width, height, channels } })
    .resize(side, side, { fit: 'fill' })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer();
