import type { Region, StudyQuality } from '../../protocol/study.ts';

/** Correct classifications of n test images at V qualities by T kinds of networks, R seeds each. */
export interface Trials {
  readonly trained: readonly StudyQuality[];
  readonly qualities: readonly StudyQuality[];
  readonly images: number;
  /** [kind][seed]: n × V of how far each is right, 0..1. */
  readonly right: readonly (readonly Float32Array[])[];
}

const normal95 = 1.96;

/** Mean accuracy and half of its 95 % interval, T × V each. */
export function accuracies({ trained, qualities, images, right }: Trials) {
  const accuracy = new Float32Array(trained.length * qualities.length);
  const interval = new Float32Array(accuracy.length);
  for (const t of trained.keys())
    for (const v of qualities.keys()) {
      const { mean, error } = meanOfDifference(right[t] ?? [], [], images, v, qualities.length);
      accuracy[t * qualities.length + v] = mean;
      interval[t * qualities.length + v] = normal95 * error;
    }
  return { accuracy, interval };
}

/** Runs of tested qualities with the same best network. */
export function findRegions({ trained, qualities, images, right }: Trials): Region[] {
  const regions: Region[] = [];
  const width = qualities.length;
  for (const [v, quality] of qualities.entries()) {
    const means = trained.map((_, t) => meanOfDifference(right[t] ?? [], [], images, v, width).mean);
    const [best = 0, next = 0] = [...trained.keys()].sort((a, b) => (means[b] as number) - (means[a] as number));
    const lead = meanOfDifference(right[best] ?? [], right[next] ?? [], images, v, width);
    const sure = lead.mean > normal95 * lead.error;
    const last = regions.at(-1);
    if (last && last.trained === trained[best])
      regions[regions.length - 1] = { ...last, to: quality, sure: last.sure || sure };
    else regions.push({ trained: trained[best] as StudyQuality, from: quality, to: quality, sure });
  }
  return regions;
}

/**
 * Mean of what one kind of network gets right beyond another (or beyond nothing), and its standard error: over images, each
 * image's mean over the seeds counting once, and over seeds.
 */
export function meanOfDifference(
  ours: readonly Float32Array[],
  theirs: readonly Float32Array[],
  images: number,
  v: number,
  width: number,
): { mean: number; error: number } {
  const seeds = ours.length;
  const bySeed = new Float64Array(seeds);
  let [sum, squares] = [0, 0];
  for (let image = 0; image < images; image++) {
    let own = 0;
    for (let seed = 0; seed < seeds; seed++) {
      const at = image * width + v;
      const difference = (ours[seed]?.[at] ?? 0) - (theirs[seed]?.[at] ?? 0);
      own += difference / seeds;
      bySeed[seed] = (bySeed[seed] as number) + difference / images;
    }
    sum += own;
    squares += own * own;
  }
  const mean = sum / images;
  const overImages = (squares / images - mean * mean) / images;
  const overSeeds = seeds > 1 ? bySeed.reduce((total, own) => total + (own - mean) ** 2, 0) / (seeds - 1) / seeds : 0;
  return { mean, error: Math.sqrt(Math.max(0, overImages) + overSeeds) };
}
