import path from 'node:path';
import sharp, { type OverlayOptions } from 'sharp';
import { side } from './generate.ts';
import { summarizeClasses, type Planned } from './planned.ts';

const zoom = 3;
const columns = 3;
const tile = side * zoom;
const gap = 12;
const caption = 22;
const margin = 150;

/** A picture of some images of every class, before beside after, each with its quality and bytes. */
export async function drawPicture(
  planned: readonly Planned[],
  dataset: string,
  copy: string,
  file: string,
): Promise<void> {
  const classes = summarizeClasses(planned);
  const pair = 2 * tile + 4;
  const width = margin + columns * (pair + gap) + gap;
  const height = classes.length * (tile + caption + gap) + gap;
  const images: OverlayOptions[] = [];
  const words: string[] = [];
  for (const [row, { label, quality }] of classes.entries()) {
    const top = gap + row * (tile + caption + gap);
    words.push(text(gap, top + 24, label, 16), text(gap, top + 46, `mean quality ${quality.toFixed(0)}`, 12));
    const members = planned.filter((member) => member.label === label && member.quality !== 'drop');
    for (let column = 0; column < columns; column++) {
      const member = members[Math.floor((column * members.length) / columns)];
      if (member === undefined) continue;
      const left = margin + gap + column * (pair + gap);
      images.push({ input: await enlarged(path.join(dataset, member.path)), left, top });
      images.push({ input: await enlarged(path.join(copy, member.target)), left: left + tile + 4, top });
      const kind = typeof member.quality === 'number' ? `quality ${member.quality}` : member.quality;
      words.push(text(left, top + tile + 15, `original, ${member.bytes} B`, 12));
      words.push(text(left + tile + 4, top + tile + 15, `${kind}, ${member.planned} B`, 12));
    }
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif">${words.join('')}</svg>`;
  await sharp({ create: { width, height, channels: 3, background: 'white' } })
    .composite([...images, { input: Buffer.from(svg), left: 0, top: 0 }])
    .png()
    .toFile(file);
}

const enlarged = (file: string) => sharp(file).resize(tile, tile, { kernel: 'nearest' }).png().toBuffer();

const text = (x: number, y: number, content: string, size: number) =>
  `<text x="${x}" y="${y}" font-size="${size}" fill="#222">${content}</text>`;
