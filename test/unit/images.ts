import sharp, { type Sharp } from 'sharp';

/** A smooth image with some noise, the same for the same seed. */
export function picture(seed: number, width = 24, height = 24): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  let state = seed * 7919 + 1;
  for (let at = 0; at < pixels.length; at++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
    pixels[at] = (((seed * 37) % 100) + 4 * x + 3 * y + (state >>> 27)) % 256;
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** Blurred noise: pictures of different seeds have nothing in common. */
export async function scene(seed: number, side = 64): Promise<Sharp> {
  const cells = 8;
  let state = (seed + 1) * 7919;
  const noise = Buffer.from(
    Array.from({ length: cells * cells * 3 }, () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return state >>> 24;
    }),
  );
  const image = sharp(noise, { raw: { width: cells, height: cells, channels: 3 } });
  return sharp(await image.resize(side, side, { kernel: 'cubic' }).png().toBuffer());
}
