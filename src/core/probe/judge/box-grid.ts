/**
 * Boxes as questions to every position of a grid: which class is here, and how far the four sides of its box are. Distances
 * are classes too, on a logarithmic scale, so that cross-entropy teaches both (Li et al. 2020, distribution focal loss; the
 * assignment of positions is FCOS's with centre sampling, Tian et al. 2019). Boxes of less than about five pixels are finer than
 * the grid can say.
 */
import type { Objects } from '../../dataset/index.ts';

/** Pixels between positions. */
export const stride = 4;
/** Steps from one pixel to the whole image. */
const distances = 16;
/** Share of a box around its centre where positions answer for it. */
const centre = 0.5;

/** Left, top, right, bottom, as shares. */
export type Corners = readonly [number, number, number, number];

export interface Detection {
  readonly label: number;
  readonly corners: Corners;
  readonly score: number;
}

/** Numbers of classes of the five questions: nothing or a class, and the distance to each side. */
export const boxHeads = (classes: number): number[] => [classes + 1, ...Array<number>(4).fill(distances)];

export const cornersOf = ({ corners }: Objects, at: number): Corners => [
  corners[4 * at] as number,
  corners[4 * at + 1] as number,
  corners[4 * at + 2] as number,
  corners[4 * at + 3] as number,
];

export const mirroredBox = ([left, top, right, bottom]: Corners): Corners => [1 - right, top, 1 - left, bottom];

const area = ([left, top, right, bottom]: Corners) => (right - left) * (bottom - top);

/** A box to be found; a difficult one is not asked about. */
export interface Box {
  readonly label: number;
  readonly corners: Corners;
  readonly difficult: boolean;
}

/** Labels of an image: of each head all positions of the grid. */
export function writeLabels(boxes: readonly Box[], side: number, labels: Int32Array): void {
  const grid = side / stride;
  const positions = grid * grid;
  labels.fill(0, 0, positions).fill(-1, positions);
  // Smaller boxes last: where boxes overlap, theirs is the position.
  for (const { label, corners, difficult } of [...boxes].sort((a, b) => area(b.corners) - area(a.corners))) {
    const [left, top, right, bottom] = corners;
    const [x0, y0] = [(left + right) / 2, (top + bottom) / 2];
    // Half a position, and what rounding may take from it: every box has one.
    const reach = (length: number) => Math.max((length * centre) / 2, 0.5001 / grid);
    const [across, down] = [reach(right - left), reach(bottom - top)];
    for (let at = 0; at < positions; at++) {
      const [x, y] = placeOf(at, grid);
      const central = Math.abs(x - x0) <= across && Math.abs(y - y0) <= down;
      const inside = x >= left && x <= right && y >= top && y <= bottom;
      // Around its centre the box leaves unasked what would else be background.
      if (!central && !(inside && (difficult || labels[at] === 0))) continue;
      const answers = central && !difficult;
      labels[at] = answers ? label + 1 : -1;
      const sides = [x - left, y - top, right - x, bottom - y];
      sides.forEach((distance, k) => {
        labels[(k + 1) * positions + at] = answers ? distanceClass(distance, side) : -1;
      });
    }
  }
}

const placeOf = (at: number, grid: number) =>
  [((at % grid) + 0.5) / grid, (Math.floor(at / grid) + 0.5) / grid] as const;

function distanceClass(distance: number, side: number): number {
  const place = ((Math.log(distance * side) || 0) / Math.log(side)) * (distances - 1);
  return Math.min(distances - 1, Math.max(0, Math.round(place)));
}

/** Fewer detections are kept of each image than would slow the search for overlaps. */
const mostDetections = 200;
const leastScore = 0.05;
/** Of two boxes of a class that overlap more, the less likely is left out. */
const suppressed = 0.5;

/** What a network's logits, positions × numbers of all heads, say is in an image; likeliest first. */
export function detect(logits: Float32Array, classes: number, side: number): Detection[] {
  const grid = side / stride;
  const width = logits.length / (grid * grid);
  const found: Detection[] = [];
  for (let at = 0; at < grid * grid; at++) {
    const said = logits.subarray(at * width, (at + 1) * width);
    const chances = softmax(said.subarray(0, classes + 1));
    let corners: Corners | undefined;
    for (let label = 0; label < classes; label++) {
      const score = chances[label + 1] as number;
      if (score < leastScore) continue;
      corners ??= boxAt(placeOf(at, grid), said.subarray(classes + 1), side);
      found.push({ label, corners, score });
    }
  }
  const kept: Detection[] = [];
  for (const own of found.sort((a, b) => b.score - a.score)) {
    if (kept.length === mostDetections) break;
    if (kept.every(({ label, corners }) => label !== own.label || boxOverlap(corners, own.corners) <= suppressed))
      kept.push(own);
  }
  return kept;
}

/** The expected distances, in logarithms. */
function boxAt([x, y]: readonly [number, number], logits: Float32Array, side: number): Corners {
  const [left, top, right, bottom] = [0, 1, 2, 3].map((k) => {
    const chances = softmax(logits.subarray(k * distances, (k + 1) * distances));
    const place = chances.reduce((sum, chance, step) => sum + chance * step, 0);
    return side ** (place / (distances - 1)) / side;
  }) as [number, number, number, number];
  return [x - left, y - top, x + right, y + bottom];
}

function softmax(logits: Float32Array): Float32Array {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = logits.map((logit) => Math.exp(logit - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** Intersection over union. */
export function boxOverlap(a: Corners, b: Corners): number {
  const both =
    Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  return both === 0 ? 0 : both / (area(a) + area(b) - both);
}
