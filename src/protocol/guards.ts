/** What a plan may not do, whatever it would save. */

/** Quality of validation and test images; "original" carries them unchanged. */
export type HeldOutQuality = number | 'original';

export interface QualityFloor {
  readonly glob: string;
  /** 1..100. */
  readonly quality: number;
}

/** Globs are of paths relative to the dataset's root, with forward slashes; one without a slash is of names in any folder. */
export interface Guards {
  /** Images that are kept unchanged. */
  readonly protect: readonly string[];
  /** Images that are kept at this quality or a higher one, or dropped; of several floors the highest counts. */
  readonly floors: readonly QualityFloor[];
  /** Largest share of a class's training images that may be dropped, 0..1. */
  readonly mostDropped: number;
  /** Among the qualities that are measured. */
  readonly heldOut: HeldOutQuality;
}

export const defaultGuards: Guards = { protect: [], floors: [], mostDropped: 0.9, heldOut: 'original' };
