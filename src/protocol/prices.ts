/** What bad pictures and missing images cost, in the unit in which an allocation is made. */

/** `error`: of the tested metric (1 is 100 points); `nats`: of mean loss, where no sweep tells what a nat means. */
export const costUnits = ['error', 'nats'] as const;
export type CostUnit = (typeof costUnits)[number];

export interface Prices {
  readonly unit: CostUnit;
  /** κ: cost of a nat of mean sensitivity, 1 in nats; with its standard error where trainings told it. */
  readonly kappa: number;
  readonly kappaError?: number;
  /** Cost of a nat by which an image is more sensitive than the mean. */
  readonly imageKappa: number;
  /** Cost of one quality for all by its mean sensitivity: corners of a line, both rising; beyond the last it rises by κ. */
  readonly uniform: readonly { readonly sensitivity: number; readonly cost: number }[];
  /** What more images would take away: height · (n/N)^-exponent of n among N. */
  readonly images: { readonly height: number; readonly exponent: number };
  /** Trainings behind them; 0 in nats. */
  readonly trainings: number;
}

/** Cost of one quality for all, by its mean sensitivity (nats). */
export function uniformCost({ uniform, kappa }: Pick<Prices, 'uniform' | 'kappa'>, sensitivity: number): number {
  let below = { sensitivity: 0, cost: 0 };
  for (const corner of uniform) {
    if (sensitivity <= corner.sensitivity) {
      const share = (sensitivity - below.sensitivity) / (corner.sensitivity - below.sensitivity);
      return below.cost + Math.max(0, share) * (corner.cost - below.cost);
    }
    below = corner;
  }
  return below.cost + kappa * (sensitivity - below.sensitivity);
}
