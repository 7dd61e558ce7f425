import { formatCount, plural } from './format.ts';

/** Images that are nearly the same as a training image. */
export interface DuplicateSummary {
  /** Training images of which another is kept: the first to be dropped. */
  readonly images: number;
  /** Of them and the one that is kept. */
  readonly groups: number;
  /** Some of them. */
  readonly first: readonly { readonly path: string; readonly keptFor: string }[];
  /** Validation and test images; the problems list them. */
  readonly leaks: number;
  /** Training images that are nearly the same as one of another class, so none of them goes first; the problems list them. */
  readonly conflicts: number;
}

/** "12 near-duplicates in 5 groups; 3 validation or test images are nearly the same as training images". */
export function duplicatesInWords({ images, groups, leaks, conflicts }: DuplicateSummary): string {
  const parts = [
    images > 0 ? `${plural(images, 'near-duplicate')} in ${plural(groups, 'group')}` : 'no near-duplicates',
    ...(leaks > 0 ? [`${held(leaks)} nearly the same as training images`] : []),
    ...(conflicts > 0 ? [`${formatCount(conflicts)} nearly the same as an image of another class`] : []),
  ];
  return parts.join('; ');
}

const held = (count: number) => `${plural(count, 'validation or test image')} ${count === 1 ? 'is' : 'are'}`;
