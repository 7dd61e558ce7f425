import { lawError, type StorageLaw } from '../../protocol/law.ts';

/** What there is to choose from. */
export interface LawLimits {
  /** Images that the dataset has. */
  readonly mostImages: number;
  /** Mean bytes of an image at the lowest and the highest quality. */
  readonly bytes: readonly [number, number];
  /** Bytes of budget that the time of a training takes: of every training, and of each of its images. */
  readonly timeBytes?: { readonly fixed: number; readonly perImage: number };
}

export interface Optimum {
  readonly images: number;
  /** Mean bytes of an image. */
  readonly bytes: number;
  readonly error: number;
}

const golden = (Math.sqrt(5) - 1) / 2;

/** Images of so many bytes that a budget is enough for. */
export const imagesWithin = (budgetBytes: number, bytes: number, { mostImages, timeBytes }: LawLimits): number =>
  Math.min(mostImages, (budgetBytes - (timeBytes?.fixed ?? 0)) / (bytes + (timeBytes?.perImage ?? 0)));

/** Whether a budget is enough for one image of the fewest bytes. */
export const affords = (budgetBytes: number, limits: LawLimits): boolean =>
  imagesWithin(budgetBytes, limits.bytes[0], limits) >= 1;

/**
 * The number of images and the bytes of each that a law expects the least error of, within a budget: on the line images ×
 * bytes (and their training time's worth) = budget as far as the limits let it, by golden-section search, since the law
 * has one minimum along it.
 */
export function lawOptimum(law: StorageLaw, budgetBytes: number, limits: LawLimits): Optimum {
  const [least, most] = limits.bytes;
  const at = (bytes: number): Optimum => {
    const images = imagesWithin(budgetBytes, bytes, limits);
    return { images, bytes, error: lawError(law, images, bytes) };
  };
  // Fewer bytes than a header leave no picture; more than the budget has for one image of each are of no use.
  let low = Math.log(Math.max(least, law.headerBytes * (1 + 1e-6) + 1e-6));
  let high = Math.log(Math.max(most, least));
  for (let round = 0; round < 100; round++) {
    const [first, second] = [high - golden * (high - low), low + golden * (high - low)];
    if (at(Math.exp(first)).error <= at(Math.exp(second)).error) high = second;
    else low = first;
  }
  return at(Math.exp((low + high) / 2));
}

/**
 * The same in closed form, of the additive law without headers and limits: L* = C s^(α/(α+β)), n* = s/L*, with C =
 * (βB′/(αA′))^(1/(α+β)), A′ = A n₀^α and B′ = B L₀^β (Mentzer & Montanari 2024).
 */
export function closedOptimum({ floor, a, alpha, b, beta, images0, bytes0 }: StorageLaw, budgetBytes: number): Optimum {
  const [aPrime, bPrime] = [a * images0 ** alpha, b * bytes0 ** beta];
  const c = ((beta * bPrime) / (alpha * aPrime)) ** (1 / (alpha + beta));
  const bytes = c * budgetBytes ** (alpha / (alpha + beta));
  const images = budgetBytes / bytes;
  return { images, bytes, error: floor + aPrime * images ** -alpha * (1 + alpha / beta) };
}
