import type { Objects } from '../../dataset/index.ts';
import { averagePrecision, f1, match } from './average-precision.ts';
import { boxHeads, cornersOf, detect, mirroredBox, stride, writeLabels, type Box } from './box-grid.ts';
import { crossEntropy } from './cross-entropy.ts';
import type { Judge } from './judge.ts';

/** A detection counts as a claim from this score on. */
const claimed = 0.5;

const classHead = 0;
/**
 * Cross-entropy of knowing nothing. A side that is confidently wrong counts for no more: else a network that has learnt few
 * images by heart would seem the better, the less compression lets it see.
 */
const unknown = Math.log;

/** Objects in an image; the error is 1 minus the mean average precision of the classes at an overlap of a half. */
export function judgeBoxes(objects: Objects, side: number): Judge {
  const { classes } = objects;
  const heads = boxHeads(classes);
  const positions = (side / stride) ** 2;
  const labels = new Int32Array(heads.length * positions);
  const width = heads.reduce((sum, own) => sum + own, 0);
  const boxesOf = (row: number): Box[] => {
    const [from, to] = [objects.first[row] as number, objects.first[row + 1] as number];
    return Array.from({ length: to - from }, (_, k) => ({
      label: objects.label[from + k] as number,
      corners: cornersOf(objects, from + k),
      difficult: objects.difficult[from + k] === 1,
    }));
  };
  const lossOf = (boxes: readonly Box[], logits: Float32Array): number => {
    writeLabels(boxes, side, labels);
    let [loss, start] = [0, 0];
    heads.forEach((numbers, head) => {
      let [sum, count] = [0, 0];
      for (let at = 0; at < positions; at++) {
        const label = labels[head * positions + at] as number;
        if (label < 0) continue;
        const own = crossEntropy(logits.subarray(at * width + start, at * width + start + numbers), label);
        sum += head === classHead ? own : Math.min(own, unknown(numbers));
        count += 1;
      }
      loss += count === 0 ? 0 : sum / count;
      start += numbers;
    });
    return loss;
  };
  return {
    size: labels.length,
    questions: heads.length,
    mirrors: true,
    read(row, into, mirrored) {
      const boxes = boxesOf(row);
      const turned = boxes.map((box) => ({ ...box, corners: mirroredBox(box.corners) }));
      writeLabels(mirrored ? turned : boxes, side, into);
    },
    examine() {
      const marks: { label: number; score: number; right: boolean }[] = [];
      const toFind = new Uint32Array(classes);
      return {
        add(row, logits) {
          const boxes = boxesOf(row);
          const objectsToFind = boxes.filter(({ difficult }) => !difficult);
          for (const { label } of objectsToFind) toFind[label] = (toFind[label] as number) + 1;
          const detections = detect(logits, classes, side);
          let [right, wrong] = [0, 0];
          // Likeliest first: what is matched before claims end does not rest on what comes after.
          match(detections, boxes).forEach((mark, at) => {
            const { label, score } = detections[at] as (typeof detections)[number];
            if (mark === 'uncounted') return;
            marks.push({ label, score, right: mark === 'right' });
            if (score < claimed) return;
            if (mark === 'right') right += 1;
            else wrong += 1;
          });
          return { loss: lossOf(boxes, logits), right: f1(right, wrong, objectsToFind.length) };
        },
        error() {
          const precisions = [...toFind.keys()]
            .filter((label) => (toFind[label] as number) > 0)
            .map((label) =>
              averagePrecision(
                marks.filter((mark) => mark.label === label),
                toFind[label] as number,
              ),
            );
          const sum = precisions.reduce((total, own) => total + own, 0);
          return precisions.length === 0 ? 0 : 1 - sum / precisions.length;
        },
      };
    },
  };
}
