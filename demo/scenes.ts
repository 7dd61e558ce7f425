/**
 * Scenes whose truth is known, for segmentation and detection: on every image lie a few patches, of which the coarse classes
 * are told from the background by their brightness, and the fine ones only by a faint texture that compression wipes out.
 * Images have patches of either the coarse classes or the fine ones.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { seededRandom, type Random } from '../src/core/random.ts';

/** In the order of their numbers in masks, where 0 is the background, and in YOLO's files. */
export const sceneClasses = ['bright', 'dark', 'falling', 'rising'] as const;
const coarseClasses = 2;

const side = 32;
const contrast = 55;
const textureAmplitude = 12; // grey levels
const texturePeriod = 3; // pixels
const noise = 3;
const [smallest, largest] = [11, 15]; // pixels

export interface SceneOptions {
  readonly annotation: 'masks' | 'yolo' | 'voc' | 'coco';
  /** Half of them coarse; a quarter more is for the validation split. */
  readonly images: number;
  readonly seed: number;
}

interface Patch {
  readonly label: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface Scene {
  /** `train/0007-fine.jpg` */
  readonly file: string;
  readonly patches: readonly Patch[];
}

/** Writes images/SPLIT/NUMBER-KIND.jpg (quality 92, 4:4:4), one in four a PNG, and their annotations. */
export async function generateScenes(folder: string, { annotation, images, seed }: SceneOptions): Promise<void> {
  const random = seededRandom(seed);
  const scenes: Scene[] = [];
  const write = (name: string, data: string | Buffer) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), data);
  };
  for (const [split, count] of [
    ['train', images],
    ['val', Math.ceil(images / 4)],
  ] as const)
    for (let number = 0; number < count; number++) {
      const isFine = number % 2 === 1;
      const name = `${split}/${String(number).padStart(4, '0')}-${isFine ? 'fine' : 'coarse'}`;
      const patches = placePatches(isFine, random);
      const image = sharp(draw(patches, random), { raw: { width: side, height: side, channels: 3 } });
      const isPng = number % 8 < 2;
      const file = `${name}.${isPng ? 'png' : 'jpg'}`;
      const encoded = isPng ? image.png() : image.jpeg({ quality: 92, chromaSubsampling: '4:4:4' });
      write(`images/${file}`, await encoded.toBuffer());
      scenes.push({ file, patches });
      if (annotation === 'masks') write(`masks/${name}.png`, await mask(patches));
      if (annotation === 'yolo') write(`labels/${name}.txt`, patches.map(yoloLine).join(''));
      if (annotation === 'voc') write(`annotations/${name}.xml`, vocFile(patches));
    }
  if (annotation === 'masks') write('classes.txt', ['background', ...sceneClasses].join('\n'));
  if (annotation === 'yolo') write('data.yaml', `names: [${sceneClasses.join(', ')}]\n`);
  if (annotation === 'coco') write('annotations/instances.json', cocoList(scenes));
}

/** One or two, each in its own half, of either the coarse classes or the fine ones. */
function placePatches(isFine: boolean, random: Random): Patch[] {
  const within = (least: number, most: number) => least + random.below(most - least + 1);
  return Array.from({ length: within(1, 2) }, (_, half) => {
    const [width, height] = [within(smallest, largest), within(smallest, largest)];
    const left = (half * side) / 2 + within(0, side / 2 - width);
    return { label: within(0, 1) + (isFine ? coarseClasses : 0), left, top: within(0, side - height), width, height };
  });
}

/** Side × side × 3. */
function draw(patches: readonly Patch[], random: Random): Buffer {
  const background = Array.from({ length: 3 }, () => 100 + random.below(41));
  const slope = [random.below(31) - 15, random.below(31) - 15] as const;
  const pixels = Buffer.alloc(side * side * 3);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const patch = patches.find((own) => isInside(own, x, y));
      const light = (slope[0] * x + slope[1] * y) / side + (patch ? lightOf(patch.label, x, y) : 0);
      for (let channel = 0; channel < 3; channel++)
        pixels[(y * side + x) * 3 + channel] =
          (background[channel] as number) + light + random.below(2 * noise + 1) - noise;
    }
  return pixels;
}

const isInside = ({ left, top, width, height }: Patch, x: number, y: number) =>
  x >= left && x < left + width && y >= top && y < top + height;

function lightOf(label: number, x: number, y: number): number {
  const name = sceneClasses[label];
  if (name === 'bright') return contrast;
  if (name === 'dark') return -contrast;
  return textureAmplitude * Math.cos((2 * Math.PI * (name === 'rising' ? x + y : x - y)) / texturePeriod);
}

function mask(patches: readonly Patch[]): Promise<Buffer> {
  const classes = Buffer.from(
    Array.from({ length: side * side }, (_, at) => {
      const patch = patches.find((own) => isInside(own, at % side, Math.floor(at / side)));
      return patch ? patch.label + 1 : 0;
    }),
  );
  return sharp(classes, { raw: { width: side, height: side, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();
}

const yoloLine = ({ label, left, top, width, height }: Patch) =>
  `${[label, ...[left + width / 2, top + height / 2, width, height].map((own) => own / side)].join(' ')}\n`;

function vocFile(patches: readonly Patch[]): string {
  const objects = patches.map(({ label, left, top, width, height }) => {
    const box = `<xmin>${left}</xmin><ymin>${top}</ymin><xmax>${left + width}</xmax><ymax>${top + height}</ymax>`;
    return `<object><name>${sceneClasses[label] ?? ''}</name><bndbox>${box}</bndbox></object>`;
  });
  const size = `<size><width>${side}</width><height>${side}</height><depth>3</depth></size>`;
  return `<annotation>${size}${objects.join('')}</annotation>\n`;
}

function cocoList(scenes: readonly Scene[]): string {
  return JSON.stringify({
    images: scenes.map(({ file }, id) => ({ id, file_name: file, width: side, height: side })),
    annotations: scenes.flatMap(({ patches }, image_id) =>
      patches.map(({ label, left, top, width, height }) => ({
        image_id,
        category_id: label,
        bbox: [left, top, width, height],
        iscrowd: 0,
      })),
    ),
    categories: sceneClasses.map((name, id) => ({ id, name })),
  });
}
