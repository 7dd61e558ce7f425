/**
 * A dataset whose truth is known: half of its classes are told apart by a coarse shape, which compression leaves alone,
 * half only by the direction of a faint fine texture, which compression wipes out.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { seededRandom, type Random } from '../src/core/random.ts';

export const coarseClasses = ['disc', 'cross'] as const;
export const fineClasses = ['fine-falling', 'fine-rising'] as const;
type DemoClass = (typeof coarseClasses)[number] | (typeof fineClasses)[number];

export const side = 64;
const textureAmplitude = 8; // grey levels: gone below about quality 70
const texturePeriod = 3; // pixels
const noise = 3;

export interface DemoOptions {
  readonly imagesPerClass: number;
  readonly seed: number;
  /**
   * Of every coarse class, so many images carry a fine texture that speaks for another class; named -misleading. The fine
   * classes then carry coarse shapes of either kind, so that a texture always speaks louder than a shape.
   */
  readonly misleading?: number;
}

/** Writes FOLDER/CLASS/NUMBER.png and .jpg (quality 92, 4:4:4); one in twelve is a PNG. */
export async function generateDataset(
  folder: string,
  { imagesPerClass, seed, misleading = 0 }: DemoOptions,
): Promise<void> {
  const random = seededRandom(seed);
  for (const name of [...coarseClasses, ...fineClasses]) {
    mkdirSync(path.join(folder, name), { recursive: true });
    for (let number = 0; number < imagesPerClass; number++) {
      const coarse = (coarseClasses as readonly string[]).includes(name);
      const misleads = coarse && number < misleading;
      const shaped = coarse || misleading === 0 ? name : (coarseClasses[number % 2] ?? name);
      const textured = misleads ? (fineClasses[number % 2] ?? name) : name;
      const image = sharp(draw(shaped, textured, random), { raw: { width: side, height: side, channels: 3 } });
      const file = path.join(folder, name, String(number).padStart(4, '0') + (misleads ? '-misleading' : ''));
      if (number % 12 === 0) await image.png().toFile(`${file}.png`);
      else await image.jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toFile(`${file}.jpg`);
    }
  }
}

/** Pixels of one image with the shape of one class and the texture of another, or of the same; side × side × 3. */
function draw(shaped: DemoClass, textured: DemoClass, random: Random): Buffer {
  const within = (least: number, most: number) => least + random.below(most - least + 1);
  const background = [within(90, 150), within(90, 150), within(90, 150)];
  const slope = [within(-40, 40), within(-40, 40)];
  const shape = { x: within(22, 42), y: within(22, 42), radius: within(14, 20), contrast: random.below(2) ? 55 : -55 };
  const phase = random.below(texturePeriod);
  const pixels = Buffer.alloc(side * side * 3);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const light =
        ((slope[0] ?? 0) * x + (slope[1] ?? 0) * y) / side +
        (inShape(shaped, x - shape.x, y - shape.y, shape.radius) ? shape.contrast : 0) +
        textureAmplitude * texture(textured, x, y, phase);
      for (let channel = 0; channel < 3; channel++)
        pixels[(y * side + x) * 3 + channel] = clamp((background[channel] ?? 0) + light + within(-noise, noise));
    }
  return pixels;
}

function inShape(name: DemoClass, x: number, y: number, radius: number): boolean {
  if (name === 'disc') return x * x + y * y < radius * radius;
  if (name === 'cross')
    return Math.min(Math.abs(x), Math.abs(y)) < radius / 4 && Math.max(Math.abs(x), Math.abs(y)) < radius;
  return false;
}

/** -1..1: waves of a few pixels' length. Slanted ones lie where JPEG's tables are coarsest. */
function texture(name: DemoClass, x: number, y: number, phase: number): number {
  const wave = (along: number) => Math.cos((2 * Math.PI * (along + phase)) / texturePeriod);
  if (name === 'fine-rising') return wave(x + y);
  if (name === 'fine-falling') return wave(x - y);
  return 0;
}

const clamp = (value: number) => Math.max(0, Math.min(255, Math.round(value)));
