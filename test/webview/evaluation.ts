/** An evaluation of plausible numbers, for the fake host. */
import type { Evaluation, PolicyTrial, Verdict } from '../../src/protocol/evaluation.ts';

export function fakeEvaluation(budgetBytes: number): Evaluation {
  const rival = (policy: PolicyTrial['policy'], mean: number, half: number, verdict: Verdict): PolicyTrial => ({
    policy,
    ...{ images: policy === 'drop' ? 812 : 4000, bytes: 12_430_000, error: 0.31 + mean, standardError: 0.004 },
    ...{ errors: [0.31 + mean], compressedError: 0.35 + mean },
    difference: { mean, interval: [mean - half, mean + half], verdict },
    compressedDifference: { mean, interval: [mean - half, mean + half], verdict },
  });
  return {
    root: '/home/ada/datasets/cifar-10-large',
    ...{ task: 'classification', planned: 'sensitivity', budgetBytes, trainImages: 4000, testImages: 500 },
    ...{ tested: 'the test split', compressedAt: 20, seeds: 5, epochs: 12, engine: 'CPU' },
    trials: [
      {
        ...{ policy: 'plan', images: 4000, bytes: 12_440_000, errors: [0.31], error: 0.31, standardError: 0.004 },
        compressedError: 0.35,
      },
      rival('uniform', 0.006, 0.009, 'no difference seen'),
      rival('drop', 0.084, 0.011, 'better'),
      rival('shuffled', -0.014, 0.008, 'worse'),
    ],
  };
}
