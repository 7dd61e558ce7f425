import type { SampleContent } from '../dataset/index.ts';
import type { Encoder, SourceImage } from './encoder.ts';

/** A sample's content as an image: decoded where it is a file, as it is where it was packed. */
export async function sourceImage(content: SampleContent, encoder: Encoder): Promise<SourceImage> {
  if (content.kind === 'file') return encoder.decode(content.data);
  const { data, width, height, channels } = content;
  return { pixels: data, width, height, channels };
}
