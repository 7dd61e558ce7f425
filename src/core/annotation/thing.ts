/** An object in an image. */
export interface Thing {
  readonly className: string;
  /** Left, top, right, bottom, as shares of width and height; as the file says, so perhaps beyond the image. */
  readonly corners: readonly [number, number, number, number];
  readonly difficult: boolean;
}

/** Clipped to the image; nothing where nothing is left of it. */
export function clipped({ corners, ...rest }: Thing): Thing[] {
  const [left = NaN, top = NaN, right = NaN, bottom = NaN] = corners.map((share) => Math.min(1, Math.max(0, share)));
  return right > left && bottom > top ? [{ ...rest, corners: [left, top, right, bottom] }] : [];
}
