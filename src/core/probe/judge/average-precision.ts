import { boxOverlap, type Box, type Detection } from './box-grid.ts';

/** A detection is right where it overlaps an object of its class by so much. */
const least = 0.5;

/** Detections of one image and class against its objects, likeliest first: each finds an object at most once. */
export function match(detections: readonly Detection[], boxes: readonly Box[]): ('right' | 'wrong' | 'uncounted')[] {
  const found = new Set<Box>();
  return detections.map(({ corners, label }) => {
    const [best] = boxes
      .filter((box) => box.label === label)
      .map((box) => ({ box, overlap: boxOverlap(box.corners, corners) }))
      .sort((a, b) => b.overlap - a.overlap);
    if (!best || best.overlap < least) return 'wrong';
    if (best.box.difficult) return 'uncounted';
    if (found.has(best.box)) return 'wrong';
    found.add(best.box);
    return 'right';
  });
}

/**
 * Area under the curve of precision over recall, with precision made non-increasing (Pascal VOC from 2010 on).
 * @param marks  of all images, with their scores
 * @param objects  that there are to find
 */
export function averagePrecision(
  marks: readonly { readonly score: number; readonly right: boolean }[],
  objects: number,
) {
  const sorted = [...marks].sort((a, b) => b.score - a.score);
  let right = 0;
  const precision = sorted.map((mark, at) => {
    right += mark.right ? 1 : 0;
    return right / (at + 1);
  });
  for (let at = precision.length - 2; at >= 0; at--)
    precision[at] = Math.max(precision[at] as number, precision[at + 1] as number);
  return sorted.reduce((sum, mark, at) => sum + (mark.right ? (precision[at] as number) : 0), 0) / objects;
}

/** Harmonic mean of precision and recall; 1 where there is nothing to find and nothing was found. */
export function f1(right: number, wrong: number, objects: number): number {
  return right + wrong + objects === 0 ? 1 : (2 * right) / (right + wrong + objects);
}
