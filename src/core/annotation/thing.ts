/** An object in an image. */
export interface Thing {
  readonly className: string;
  /** Left, top, right, bottom, as shares of width and height. */
  readonly corners: readonly [number, number, number, number];
  readonly difficult: boolean;
}

/** Box clipped to the image; undefined where nothing is left of it. */
export function clipped(corners: readonly number[]): Thing['corners'] | undefined {
  const [left = NaN, top = NaN, right = NaN, bottom = NaN] = corners.map((share) => Math.min(1, Math.max(0, share)));
  return right > left && bottom > top ? [left, top, right, bottom] : undefined;
}
