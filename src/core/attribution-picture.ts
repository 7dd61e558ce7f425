import sharp from 'sharp';
import type { AttributionMaps } from './study.ts';

const wantedSide = 192;
const gap = 8;

/** A PNG: the image, then for each network the image in grey with what its loss rests on in glowing colours. */
export async function drawAttribution({ side, pixels, maps }: AttributionMaps): Promise<Buffer> {
  const scale = Math.ceil(wantedSide / side);
  const tile = side * scale;
  const width = (maps.length + 1) * (tile + gap) - gap;
  const picture = Buffer.alloc(width * tile * 3, 255);
  const tiles = [(at: number) => colourAt(pixels, at), ...maps.map((map) => glowing(map, pixels))];
  for (const [k, colour] of tiles.entries())
    for (let y = 0; y < tile; y++)
      for (let x = 0; x < tile; x++) {
        const from = Math.floor(y / scale) * side + Math.floor(x / scale);
        picture.set(colour(from), (y * width + k * (tile + gap) + x) * 3);
      }
  return sharp(picture, { raw: { width, height: tile, channels: 3 } })
    .png()
    .toBuffer();
}

const colourAt = (pixels: Uint8Array, at: number) => [...pixels.subarray(3 * at, 3 * at + 3)];

/** Dark grey image, over it black, red, yellow, white by the strength of the map; its strongest hundredth is white. */
function glowing(map: Float32Array, pixels: Uint8Array): (at: number) => number[] {
  const strong = map.toSorted()[Math.floor(0.99 * (map.length - 1))] as number;
  return (at) => {
    const [red = 0, green = 0, blue = 0] = colourAt(pixels, at);
    const grey = 0.35 * (0.299 * red + 0.587 * green + 0.114 * blue);
    const strength = strong > 0 ? Math.min(1, (map[at] as number) / strong) : 0;
    return [0, 1, 2].map((c) => Math.max(grey, 255 * Math.min(1, Math.max(0, 3 * strength - c))));
  };
}
