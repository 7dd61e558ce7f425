/** Pixels as an encoder has them: height × width × channels, row-major, 1 grey or 3 RGB. */
export interface Pixels {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/** Side of the windows, pixels. */
const windowSide = 8;
/** Larger images are averaged down to about this shorter side first. */
const viewedSide = 256;
/** Of the definition: (K L)² with K₁ = 0.01, K₂ = 0.03, L = 255. */
const [c1, c2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];

/**
 * Mean structural similarity to an original (Wang et al. 2004) of images of its size: on luma (ITU-R BT.601), over 8 × 8
 * windows of equal weights at every place, with population variances; where a side is shorter, so is the window. Larger
 * images are first averaged over f × f blocks with f = round(shorter side / 256), as the authors' code advises.
 * @returns for each image 1 where they are equal, else less
 */
export function ssimTo(original: Pixels): (image: Pixels) => number {
  const { width, height } = original;
  const factor = Math.max(1, Math.round(Math.min(width, height) / viewedSide));
  const size = { width: Math.floor(width / factor), height: Math.floor(height / factor) };
  const meansOf = (values: Float64Array) => windowMeans(values, size);
  const x = blockMeans(original, factor, size);
  const [meanX, meanXX] = [meansOf(x), meansOf(x.map((value) => value * value))];
  return (image) => {
    const y = blockMeans(image, factor, size);
    const [meanY, meanYY] = [meansOf(y), meansOf(y.map((value) => value * value))];
    const meanXY = meansOf(y.map((value, at) => value * (x[at] as number)));
    let sum = 0;
    for (let at = 0; at < meanX.length; at++) {
      const [mx, my] = [meanX[at] as number, meanY[at] as number];
      const variances = (meanXX[at] as number) - mx * mx + (meanYY[at] as number) - my * my;
      const covariance = (meanXY[at] as number) - mx * my;
      sum += ((2 * mx * my + c1) * (2 * covariance + c2)) / ((mx * mx + my * my + c1) * (variances + c2));
    }
    return sum / meanX.length;
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Luma of an image, averaged over factor × factor blocks; what fills no block is left out. */
function blockMeans({ pixels, width, channels }: Pixels, factor: number, size: Size): Float64Array {
  const means = new Float64Array(size.width * size.height);
  for (let y = 0; y < size.height * factor; y++)
    for (let x = 0; x < size.width * factor; x++) {
      const at = (y * width + x) * channels;
      const [red = 0, green = 0, blue = 0] = [pixels[at], pixels[at + 1], pixels[at + 2]];
      const luma = channels === 1 ? red : 0.299 * red + 0.587 * green + 0.114 * blue;
      const block = Math.floor(y / factor) * size.width + Math.floor(x / factor);
      means[block] = (means[block] as number) + luma / (factor * factor);
    }
  return means;
}

/** Means over the windows at every place, row-major. */
function windowMeans(values: Float64Array, { width, height }: Size): Float64Array {
  const [columns, rows] = [Math.min(windowSide, width), Math.min(windowSide, height)];
  const across = runningSums(values, { lines: height, apart: width, length: width, step: 1 }, columns);
  const places = width - columns + 1;
  const both = runningSums(across, { lines: places, apart: 1, length: height, step: places }, rows);
  return both.map((sum) => sum / (columns * rows));
}

/** Numbers in lines: the first of a line is `apart` from the next line's first, its own are `step` apart. */
interface Lines {
  readonly lines: number;
  readonly apart: number;
  readonly length: number;
  readonly step: number;
}

/** Sums over every `window` neighbours of a line, laid out as the lines were. */
function runningSums(values: Float64Array, { lines, apart, length, step }: Lines, window: number): Float64Array {
  const places = length - window + 1;
  const sums = new Float64Array(lines * places);
  const outApart = step === 1 ? places : 1;
  for (let line = 0; line < lines; line++) {
    let sum = 0;
    for (let at = 0; at < length; at++) {
      sum += values[line * apart + at * step] as number;
      if (at >= window) sum -= values[line * apart + (at - window) * step] as number;
      if (at >= window - 1) sums[line * outApart + (at - window + 1) * step] = sum;
    }
  }
  return sums;
}
