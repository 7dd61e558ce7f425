/** What the backends' optimisers have in common. */
import type { Optimizer } from './index.ts';

/** How many tensors beside each weight an optimiser keeps. */
export const memorySize = (optimizer: Optimizer) => (optimizer.kind === 'adam' ? 2 : 1);

export const adamDefaults = ({
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
  weightDecay = 0,
}: Optimizer & { kind: 'adam' }) => ({
  beta1,
  beta2,
  epsilon,
  weightDecay,
});
