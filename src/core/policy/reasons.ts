import type { PolicyName } from '../../protocol/policy.ts';

/**
 * Why a policy treats a file so: what the plan says of it.
 * @param keptFor  path of the file that it is nearly the same as, if any
 */
export function reasonOf(policy: PolicyName, quality: number | 'original' | 'drop', keptFor?: string): string {
  const treated = quality === 'drop' ? 'dropped' : 'compressed';
  if (keptFor !== undefined && quality !== 'original' && duplicatesFirst[policy].includes(treated))
    return `${treated} first: nearly the same as ${keptFor}`;
  const { dropped, kept, compressed = kept } = reasons[policy];
  return quality === 'drop' ? dropped : quality === 'original' ? kept : compressed;
}

/** Of a file that the diversity of `sensitivity` picked. */
export const drawnReason =
  'drawn at random within the bytes of the files that were drawn: the diversity that was asked for';

/** What each policy does to near-duplicates before it does so to others: the frontier's prices, or the rows' order. */
const inOrder = ['dropped'] as const;
const duplicatesFirst: Readonly<Record<PolicyName, readonly ('dropped' | 'compressed')[]>> = {
  sensitivity: ['dropped', 'compressed'],
  shuffled: [],
  uniform: inOrder,
  drop: inOrder,
  law: inOrder,
  grid: inOrder,
  'random-quality': inOrder,
  'el2n-drop': [],
  'ccs-drop': [],
  perceptual: inOrder,
  threshold: inOrder,
};

interface Reasons {
  readonly dropped: string;
  readonly kept: string;
  /** Absent where no file is compressed. */
  readonly compressed?: string;
}

const tooMany = 'dropped at random: not even the lowest quality of all files fits this budget';
const abundant =
  'its original takes no more bytes or has no more quality, or this budget goes beyond the highest quality of all files';

const reasons: Readonly<Record<PolicyName, Reasons>> = {
  sensitivity: {
    dropped: 'dropping it costs less, for the bytes it frees, than compressing others further',
    kept: 'worth its original bytes at this budget',
    compressed: 'the step to the next quality saves less loss per byte than this budget pays',
  },
  shuffled: {
    dropped: 'dealt at random: another file deserved to be dropped',
    kept: 'dealt at random: another file deserved its original',
    compressed: 'dealt at random: another file deserved this quality',
  },
  uniform: {
    dropped: tooMany,
    kept: abundant,
    compressed: 'the largest quality for all that fits, or the next one where that still fits',
  },
  drop: {
    dropped: 'dropped at random, classes in proportion',
    kept: 'kept at random, classes in proportion',
  },
  law: {
    dropped: 'beyond the number of images that the storage law advises at this budget',
    kept: abundant,
    compressed: 'one of as many images as the storage law advises, at the largest quality that fits',
  },
  grid: {
    dropped: 'beyond the images that fit at the quality of the best measured mix',
    kept: abundant,
    compressed: 'at the quality of the best measured mix, or the largest for all that fits above it',
  },
  'random-quality': {
    dropped: tooMany,
    kept: abundant,
    compressed: 'drawn at random between the two ends that fill this budget',
  },
  'el2n-drop': {
    dropped: 'easier by EL2N than the images that are kept, or too large for what was left',
    kept: 'among the hardest by EL2N, or the hardest of its class',
  },
  'ccs-drop': {
    dropped: 'not among the even sample of easy and hard images (EL2N) that fits',
    kept: 'of the even sample of easy and hard images (EL2N), or the first of its class',
  },
  perceptual: {
    dropped: tooMany,
    kept: abundant,
    compressed: 'the lowest quality whose SSIM to the original reaches the target of this budget',
  },
  threshold: {
    dropped: tooMany,
    kept: abundant,
    compressed: 'the higher quality where the loss is above the mean loss, else the lower one',
  },
};
