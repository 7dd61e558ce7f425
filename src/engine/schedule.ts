/** How a learning rate goes over the steps of a training, as data. */
export type Schedule =
  | { readonly kind: 'constant'; readonly rate: number }
  /** From the peak to 0 along half a cosine (Loshchilov & Hutter 2017). */
  | { readonly kind: 'cosine'; readonly peak: number; readonly steps: number; readonly warmup?: number }
  /** Multiplied by `factor` after every so many steps. */
  | {
      readonly kind: 'steps';
      readonly rate: number;
      readonly factor: number;
      readonly every: number;
      readonly warmup?: number;
    };

/** Rate of a step, counted from 0. Over the first `warmup` steps it rises evenly to where the schedule stands. */
export function learningRateAt(schedule: Schedule, step: number): number {
  if (schedule.kind === 'constant') return schedule.rate;
  const rising = Math.min(1, (step + 1) / (schedule.warmup ?? 1));
  if (schedule.kind === 'steps') return rising * schedule.rate * schedule.factor ** Math.floor(step / schedule.every);
  return rising * (schedule.peak / 2) * (1 + Math.cos((Math.PI * Math.min(step, schedule.steps)) / schedule.steps));
}
