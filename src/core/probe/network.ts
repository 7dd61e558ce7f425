import type { Layer, NetworkDescription } from '../../engine/index.ts';
import { InputError } from '../errors.ts';
import { boxHeads, stride, type Answers } from './judge/index.ts';

type Normalisation = Pick<NetworkDescription, 'mean' | 'deviation'>;

/** The small network that a task's probes and sweeps train. `classes` are those that an image, pixel or object can have. */
export function probeNetwork(
  side: number,
  classes: number,
  normalisation: Normalisation,
  kind: Answers['kind'] = 'classes',
): NetworkDescription {
  if (kind !== 'classes' && (side % coarsest !== 0 || side === coarsest))
    throw new InputError(
      `Expected --probe-side ${2 * coarsest}, ${3 * coarsest} or another multiple of ${coarsest} for networks that answer for every pixel or object, but received ${side}`,
    );
  const input = { height: side, width: side, channels: 3, ...normalisation };
  if (kind === 'masks') return { ...input, classes, layers: maskLayers(classes) };
  if (kind === 'classes') return { ...input, classes, layers: classLayers(side, classes) };
  const heads = boxHeads(classes);
  const answers = heads.reduce((sum, own) => sum + own, 0);
  return { ...input, classes: answers, heads, layers: boxLayers(answers) };
}

/** Pixels that become one at the networks' coarsest. */
const coarsest = 16;

const relu = { kind: 'relu' } as const;
const pool = { kind: 'maxPool' } as const;
const upsample = { kind: 'upsample' } as const;
const conv = (filters: number, size = 3) => ({ kind: 'conv', filters, size }) as const;
const block = (filters: number) => [conv(filters), relu] as const;

/**
 * Three 3×3 convolutions with pooling, one hidden layer (Lee et al. 2025, section 3). Large inputs are pooled once more and
 * have thinner layers, so that a step costs about the same.
 */
function classLayers(side: number, classes: number): Layer[] {
  const large = side > 40;
  const [first, second, third] = large ? ([16, 32, 64] as const) : ([32, 64, 64] as const);
  return [
    ...[...block(first), pool, ...block(second), pool, ...block(third)],
    ...(large ? [pool] : []),
    ...([{ kind: 'flatten' }, { kind: 'dense', units: 64 }, relu, { kind: 'dense', units: classes }] as const),
  ];
}

/** What its layers make of an image half as large, added to it: the skips of LinkNet (Chaurasia & Culurciello 2017). */
const atHalfSize = (filters: number, outside: number, ...inside: Layer[]): Layer => ({
  kind: 'residual',
  layers: [pool, ...block(filters), ...inside, conv(outside), upsample],
});

/** A class for every pixel. */
const maskLayers = (classes: number): Layer[] => [
  ...block(16),
  atHalfSize(32, 16, atHalfSize(64, 32, atHalfSize(64, 64, ...block(64)), relu), relu),
  ...[relu, conv(classes, 1)],
];

/** Answers for every position of a grid of `stride` pixels. */
const boxLayers = (answers: number): Layer[] => [
  ...Array.from({ length: Math.log2(stride) }, (_, k) => [...block(16 * (k + 1)), pool]).flat(),
  ...block(64),
  atHalfSize(64, 64, atHalfSize(64, 64, ...block(64)), relu),
  ...[relu, ...block(64), conv(answers, 1)],
];

/** Scratch files of views beyond it make way for smaller views. */
const mostScratchBytes = 4e9;

/**
 * Input size for images of these side lengths (pixels, the shorter of each): close to the images' own, from 32 to 128, as
 * far as `views` of each image fit into a scratch file of 4 GB.
 */
export function probeSide(shorterSides: readonly number[], views: number): number {
  const sorted = [...shorterSides].sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? 32;
  if (median < 48) return 32;
  const fits = (side: number) => side * side * 3 * views * sorted.length <= mostScratchBytes;
  return (median < 96 ? [64] : median < 128 ? [96, 64] : [128, 96, 64]).find(fits) ?? 64;
}
