import type { Views } from '../views.ts';
import { crossEntropy, largest } from './cross-entropy.ts';
import type { Judge } from './judge.ts';

const unlabelled = 255;

/** A class a pixel; the error is 1 minus the mean, over classes that occur or are said to, of intersection over union. */
export function judgeMasks(views: Views, classes: number): Judge {
  const { side } = views;
  const mask = new Uint8Array(side * side);
  const logitsAt = (logits: Float32Array, at: number) => logits.subarray(at * classes, (at + 1) * classes);
  return {
    size: mask.length,
    questions: 1,
    mirrors: true,
    read(row, labels, mirrored) {
      views.readMask(row, mask);
      mask.forEach((own, at) => {
        const x = at % side;
        labels[mirrored ? at - x + (side - 1 - x) : at] = own === unlabelled ? -1 : own;
      });
    },
    examine() {
      const [both, either] = [new Float64Array(classes), new Float64Array(classes)];
      const count = (of: Float64Array, name: number) => {
        of[name] = (of[name] as number) + 1;
      };
      return {
        add(row, logits) {
          views.readMask(row, mask);
          let [loss, right, labelled] = [0, 0, 0];
          mask.forEach((own, at) => {
            if (own === unlabelled) return;
            const answer = logitsAt(logits, at);
            const said = largest(answer);
            loss += crossEntropy(answer, own);
            labelled += 1;
            count(either, own);
            if (said === own) {
              right += 1;
              count(both, own);
            } else count(either, said);
          });
          return labelled === 0 ? { loss: 0, right: 1 } : { loss: loss / labelled, right: right / labelled };
        },
        error() {
          const overlaps = Array.from(either, (union, name) => (both[name] as number) / union).filter(
            (own) => !Number.isNaN(own),
          );
          return overlaps.length === 0 ? 0 : 1 - overlaps.reduce((sum, own) => sum + own, 0) / overlaps.length;
        },
      };
    },
  };
}
