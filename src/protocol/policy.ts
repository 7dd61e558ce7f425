/** Rules that choose an option for every file under a byte budget. */

export const policyNames = [
  'sensitivity',
  'shuffled',
  'uniform',
  'drop',
  'law',
  'grid',
  'random-quality',
  'el2n-drop',
  'ccs-drop',
  'perceptual',
  'threshold',
] as const;
export type PolicyName = (typeof policyNames)[number];

export interface PolicyChoice {
  readonly name: PolicyName;
  /** Of `sensitivity`: share of the files whose qualities are drawn at random within their bytes, 0..1. */
  readonly diversity: number;
}

export const usualPolicy: PolicyChoice = { name: 'sensitivity', diversity: 0 };

/** What each does, for people. */
export const policyTitles: Readonly<Record<PolicyName, string>> = {
  sensitivity: 'bytes go where they save the most measured loss',
  shuffled: 'the qualities of sensitivity, dealt out to the files at random',
  uniform: 'one quality for all',
  drop: 'originals of a random part, classes in proportion',
  law: 'as many images as the storage law of a sweep advises, at one quality',
  grid: 'the quality of the best mix that a sweep measured',
  'random-quality': 'qualities at random between two ends',
  'el2n-drop': 'originals of the hardest images by EL2N',
  'ccs-drop': 'originals of easy and hard images alike, without the very hardest',
  perceptual: 'one SSIM for all',
  threshold: 'a higher quality for images of more than the mean loss, a lower one for the others',
};
