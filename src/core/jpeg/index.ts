/** Images at the level of files: decoded, and encoded as JPEG or WebP, through sharp; what an existing JPEG says about itself. */
export { blockDct, zigZag } from './dct.ts';
export { createEncoder, encodeKey, isOffered } from './encoder.ts';
export type { Encoder, EncodeOptions, SourceImage } from './encoder.ts';
export { estimateQuality, standardTables } from './quality.ts';
export { readJpegHeader } from './segments.ts';
export { sourceImage } from './source.ts';
