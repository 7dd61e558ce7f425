/** A dataset made of random numbers and its frontier, consistent as core/allocate would build it. */
import { fakeProxies } from './evidence.ts';
import type { AnalysisSummary, Rows, SortColumn, Split } from '../../src/protocol/analysis.ts';
import { encodingsOf, type Coding, type Codings, type Encoding } from '../../src/protocol/encoding.ts';
import type { Frontier } from '../../src/protocol/frontier.ts';

export interface FakeDataset {
  readonly frontier: Frontier;
  readonly summary: AnalysisSummary;
  rows(samples: Uint32Array): Rows;
  order(by: SortColumn): Uint32Array;
}

interface Sample {
  readonly path: string;
  readonly label: string;
  readonly split: Split;
  readonly optionBytes: Float64Array;
  readonly optionCost: Float64Array;
  readonly sensitivity: number;
  readonly cluster: number;
}

interface Increment {
  readonly sample: number;
  readonly from: number;
  readonly option: number;
  readonly addedBytes: number;
  readonly savedCost: number;
}

const qualities = Uint8Array.of(10, 20, 30, 45, 60, 75, 90);
const classes = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const clusterNames = ['Robust', 'Steady', 'Average', 'Delicate', 'Fragile'];
const otherBytes = 120_000;

/** Bytes and costs against those of JPEG at 4:2:0; what they are worth to a sample goes by its number. */
const worth: Readonly<Record<Coding, (index: number) => { readonly bytes: number; readonly cost: number }>> = {
  '4:2:0': () => ({ bytes: 1, cost: 1 }),
  '4:4:4': (index) => ({ bytes: 1.15, cost: index % 3 === 0 ? 0.4 : 1 }),
  webp: (index) => ({ bytes: 0.8, cost: index % 3 === 1 ? 0.9 : 1.6 }),
};

export function fakeDataset(count: number, codings: Codings = ['4:2:0'], seed = 7): FakeDataset {
  const random = mulberry32(seed);
  const encodings = encodingsOf(codings, qualities);
  const samples = Array.from({ length: count }, (_, index) => fakeSample(index, encodings, random));
  const frontier = fakeFrontier(samples, encodings);
  const compare: Record<SortColumn, (a: Sample, b: Sample) => number> = {
    path: (a, b) => (a.path < b.path ? -1 : 1),
    label: (a, b) => a.label.localeCompare(b.label),
    bytes: (a, b) => original(a) - original(b),
    sensitivity: (a, b) => rank(a.sensitivity) - rank(b.sensitivity),
    cluster: (a, b) => a.cluster - b.cluster,
  };
  return {
    frontier,
    summary: fakeSummary(samples, codings),
    order: (by) =>
      Uint32Array.from(
        samples.map((sample, index) => ({ sample, index })).sort((a, b) => compare[by](a.sample, b.sample)),
        ({ index }) => index,
      ),
    rows: (wanted) => {
      const chosen = Array.from(wanted, (index) => samples[index] as Sample);
      return {
        path: chosen.map(({ path }) => path),
        label: chosen.map(({ label }) => label),
        split: chosen.map(({ split }) => split),
        bytes: Float64Array.from(chosen, original),
        optionBytes: Float64Array.from(chosen.flatMap(({ optionBytes }) => [...optionBytes])),
        sensitivity: Float32Array.from(chosen, ({ sensitivity }) => sensitivity),
        sensitivityError: Float32Array.from(chosen, ({ sensitivity }) => sensitivity / 6),
        cluster: Uint8Array.from(chosen, ({ cluster }) => cluster),
        guard: chosen.map(({ split }) => (split === 'test' ? 'protected by test/**: kept unchanged' : '')),
      };
    },
  };
}

function fakeSample(index: number, encodings: readonly Encoding[], random: () => number): Sample {
  const options = encodings.length + 2;
  const label = classes[index % classes.length] ?? '';
  const split: Split = index % 10 === 8 ? 'val' : index % 10 === 9 ? 'test' : 'train';
  const bytes = Math.round(2_000 * Math.exp(random() * 3));
  const fragility = random() ** 3;
  const optionBytes = new Float64Array(options).fill(NaN);
  const optionCost = new Float64Array(options).fill(NaN);
  optionBytes[options - 1] = bytes;
  optionCost[options - 1] = 0;
  if (split === 'train') {
    optionBytes[0] = 0;
    optionCost[0] = (0.2 + fragility) * 1e-3;
    encodings.forEach(({ coding, quality }, e) => {
      const against = worth[coding](index);
      optionBytes[e + 1] = Math.round(bytes * against.bytes * (0.06 + 0.7 * (quality / 100) ** 1.6));
      optionCost[e + 1] = against.cost * fragility * Math.exp(-quality / 18) * 1e-3;
    });
  }
  return {
    path: `${split}/${label}/${String(index).padStart(6, '0')}_${Math.floor(random() * 1e6).toString(36)}.jpg`,
    label,
    split,
    optionBytes,
    optionCost,
    sensitivity: split === 'train' ? fragility * 0.3 : NaN,
    cluster: split === 'train' ? Math.min(4, Math.floor(Math.sqrt(fragility) * 5)) : 255,
  };
}

function fakeFrontier(samples: readonly Sample[], encodings: readonly Encoding[]): Frontier {
  const start = new Uint8Array(samples.length);
  const increments: Increment[] = [];
  let startBytes = otherBytes;
  let startCost = 0;
  samples.forEach(({ optionBytes, optionCost }, sample) => {
    const hull = lowerHull(optionBytes, optionCost);
    hull.forEach((option, k) => {
      const before = hull[k - 1];
      if (before === undefined) {
        start[sample] = option;
        startBytes += at(optionBytes, option);
        startCost += at(optionCost, option);
        return;
      }
      const addedBytes = at(optionBytes, option) - at(optionBytes, before);
      increments.push({
        sample,
        from: before,
        option,
        addedBytes,
        savedCost: at(optionCost, before) - at(optionCost, option),
      });
    });
  });
  increments.sort((a, b) => b.savedCost / b.addedBytes - a.savedCost / a.addedBytes);
  const bytesAfter = new Float64Array(increments.length + 1).fill(startBytes);
  const costAfter = new Float64Array(increments.length + 1).fill(startCost);
  increments.forEach(({ addedBytes, savedCost }, k) => {
    bytesAfter[k + 1] = at(bytesAfter, k) + addedBytes;
    costAfter[k + 1] = at(costAfter, k) - savedCost;
  });
  return {
    encodings,
    start,
    startBytes,
    startCost,
    timeBytesPerImage: 0,
    sample: Uint32Array.from(increments, ({ sample }) => sample),
    from: Uint8Array.from(increments, ({ from }) => from),
    option: Uint8Array.from(increments, ({ option }) => option),
    addedBytes: Uint32Array.from(increments, ({ addedBytes }) => addedBytes),
    savedCost: Float64Array.from(increments, ({ savedCost }) => savedCost),
    bytesAfter,
    weightAfter: bytesAfter,
    costAfter,
  };
}

/** Options on the lower convex hull of (bytes, cost), by rising bytes. */
function lowerHull(bytes: Float64Array, cost: Float64Array): number[] {
  const hull: number[] = [];
  const offered = [...bytes.keys()].filter((option) => !Number.isNaN(at(bytes, option)));
  for (const option of offered.sort((a, b) => at(bytes, a) - at(bytes, b))) {
    const slope = (from: number): number => (at(cost, from) - at(cost, option)) / (at(bytes, option) - at(bytes, from));
    if (hull.length > 0 && at(cost, option) >= at(cost, hull.at(-1) ?? 0)) continue;
    while (hull.length > 1 && slope(hull.at(-2) ?? 0) >= slopeBetween(bytes, cost, hull.at(-2) ?? 0, hull.at(-1) ?? 0))
      hull.pop();
    hull.push(option);
  }
  return hull;
}

function slopeBetween(bytes: Float64Array, cost: Float64Array, from: number, to: number): number {
  return (at(cost, from) - at(cost, to)) / (at(bytes, to) - at(bytes, from));
}

function fakeSummary(samples: readonly Sample[], codings: Codings): AnalysisSummary {
  const bytes = samples.reduce((sum, sample) => sum + original(sample), 0);
  const inSplit = (wanted: Split): number => samples.filter(({ split }) => split === wanted).length;
  const problems = Array.from({ length: 12 }, (_, index) => ({
    path: `train/cat/broken_${index}.jpg`,
    code: index % 3 === 0 ? ('unreadable' as const) : ('kept-as-is' as const),
    reason: index % 3 === 0 ? 'the file ends before its image does' : 'an animated GIF has no single image to compress',
  }));
  return {
    dataset: {
      root: '/home/ada/datasets/cifar-10-large',
      layout: 'a folder for each class, with train, val and test splits',
      task: 'classification',
      samples: samples.length,
      samplesBySplit: { train: inSplit('train'), val: inSplit('val'), test: inSplit('test') },
      classes,
      bytes,
      otherFiles: 3,
      otherBytes,
      problems: { total: 31, first: problems },
    },
    qualities,
    codings,
    byteModel: 'plain',
    originalBytes: bytes + otherBytes,
    fixedBytes:
      otherBytes + samples.reduce((sum, sample) => sum + (sample.split === 'train' ? 0 : original(sample)), 0),
    clusters: clusterNames.map((name, cluster) => ({
      name,
      samples: samples.filter((sample) => sample.cluster === cluster).length,
      meanLoss: 0.2 + 0.25 * cluster,
      meanSensitivity: Float32Array.from(
        qualities,
        (quality) => (0.02 + 0.1 * cluster ** 1.5) * Math.exp(-quality / 25),
      ),
    })),
    proxies: fakeProxies,
    prices: {
      unit: 'nats',
      kappa: 1,
      imageKappa: 1,
      uniform: [],
      images: { height: 1, exponent: 0.27 },
      trainings: 0,
    },
    probe: {
      engine: 'onnxruntime on CPU',
      folds: 3,
      seeds: 2,
      epochs: 12,
      side: 64,
      accuracy: 0.831,
      dataExponent: 0.27,
      reliability: Float32Array.from(qualities, (quality) => 0.9 - quality / 200),
      meanByKind: {
        mixed: Float32Array.from(qualities, (quality) => 0.4 * Math.exp(-quality / 25)),
        originals: Float32Array.from(qualities, (quality) => 0.7 * Math.exp(-quality / 20)),
      },
      saved: {
        trainings: 2,
        trainingsInAll: 12,
        forwardPasses: 31_200,
        forwardPassesInAll: 104_000,
        settledRows: 1200,
      },
    },
  };
}

function original({ optionBytes }: Sample): number {
  return at(optionBytes, optionBytes.length - 1);
}

/** What was not measured comes last. */
function rank(sensitivity: number): number {
  return Number.isNaN(sensitivity) ? 1e9 : sensitivity;
}

function at(values: Float64Array, index: number): number {
  return values[index] as number;
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
