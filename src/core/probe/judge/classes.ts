import { crossEntropy } from './cross-entropy.ts';
import type { Exam, Judge } from './judge.ts';

/** A class an image; the error is the share of images that get another. */
export function judgeClasses(labels: Int32Array): Judge {
  return {
    size: 1,
    questions: 1,
    mirrors: false,
    read: (row, into) => {
      into[0] = labels[row] as number;
    },
    examine(): Exam {
      let [rightly, count] = [0, 0];
      return {
        add(row, logits) {
          const label = labels[row] as number;
          const right = logits.every((logit) => logit <= (logits[label] as number)) ? 1 : 0;
          rightly += right;
          count += 1;
          return { loss: crossEntropy(logits, label), right };
        },
        error: () => 1 - rightly / count,
      };
    },
  };
}
