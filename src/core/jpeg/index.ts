/** JPEG at the level of files: decode and encode through sharp, and what an existing file says about itself. */
export { blockDct, zigZag } from './dct.ts';
export { createEncoder, encodeKey, isOffered } from './encoder.ts';
export type { Encoder, EncodeOptions, SourceImage } from './encoder.ts';
export { estimateQuality, standardTables } from './quality.ts';
export { readJpegHeader } from './segments.ts';
export { sourceImage } from './source.ts';
