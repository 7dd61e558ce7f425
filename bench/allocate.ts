/**
 * The allocation of a million images × 14 options, and moves of the panel's slider over its frontier: the code of the
 * product on costs and bytes drawn at random.
 */
import { buildFrontier, natPrices, optionCosts, type CostInput } from '../src/core/allocate/index.ts';
import { encodingsOf } from '../src/protocol/encoding.ts';
import { seededRandom, type Random } from '../src/core/random.ts';
import { allocate, checkpointsOf, type Frontier } from '../src/protocol/frontier.ts';
import { clusterMeans, countOptions, orderByOption } from '../webview/plan.ts';

const samples = 1_000_000;
const qualities = Uint8Array.of(1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95);
const encodings = encodingsOf(['4:2:0'], qualities);
const options = encodings.length + 2;
const classes = 100;
const clusters = 5;
const budgets = 30;
/** To every budget. */
const moves = 10;

export function benchAllocate() {
  const { input, bytes } = drawn(seededRandom(1));
  const [start, used] = [performance.now(), process.threadCpuUsage()];
  const cost = optionCosts(input);
  const frontier = buildFrontier({ encodings, bytes, cost, fixedBytes: 0, timeBytesPerImage: 0 });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.threadCpuUsage(used);
  const peakBytes = 1024 * process.resourceUsage().maxRSS;
  const slider = sliderTimes(frontier, seededRandom(2));
  const figures = {
    ...{ samples, options, increments: frontier.sample.length, seconds },
    cpu_seconds: (user + system) / 1e6,
    slider_ms: Math.max(...slider.map(({ ms }) => ms)),
    slider_cpu_ms: Math.max(...slider.map(({ cpuMs }) => cpuMs)),
    peak_mb: peakBytes / 1e6,
  };
  console.log(JSON.stringify(figures, undefined, 2));
  return figures;
}

/**
 * Milliseconds of a move to each of some budgets: all that the panel computes, with its files sorted by quality. The
 * fastest counts, as others may have waited for the machine's other work; the processor's own time is the mean.
 */
function sliderTimes(frontier: Frontier, random: Random): { ms: number; cpuMs: number }[] {
  const checkpoints = checkpointsOf(frontier);
  const membership = Uint8Array.from({ length: samples }, () => random.below(clusters));
  const [smallest, largest] = [frontier.startBytes, frontier.weightAfter.at(-1) ?? 0];
  const moveTo = (budget: number) => {
    const start = performance.now();
    const { option } = allocate(frontier, budget, checkpoints);
    countOptions(option, options);
    clusterMeans(option, membership, clusters, encodings);
    orderByOption(option, options);
    return performance.now() - start;
  };
  return Array.from({ length: budgets }, () => {
    const budget = smallest + ((largest - smallest) * random.below(1e6)) / 1e6;
    const used = process.threadCpuUsage();
    const ms = Math.min(...Array.from({ length: moves }, () => moveTo(budget)));
    const { user, system } = process.threadCpuUsage(used);
    return { ms, cpuMs: (user + system) / 1000 / moves };
  });
}

/** Files of about 30 kB whose bytes grow and whose losses fall with the quality, both with noise. */
function drawn(random: Random) {
  const uniform = () => random.below(2 ** 30) / 2 ** 30;
  const encoded = new Uint32Array(samples * qualities.length);
  const difference = new Float32Array(samples * qualities.length);
  const bytes = new Float64Array(samples * options);
  const loss = new Float32Array(samples);
  for (let i = 0; i < samples; i++) {
    const original = Math.round(3000 * Math.exp(4 * uniform()));
    const fragility = uniform() ** 3;
    loss[i] = 0.1 + 2 * uniform();
    bytes[(i + 1) * options - 1] = original;
    qualities.forEach((quality, q) => {
      const share = (0.05 + 0.8 * (quality / 100) ** 1.6) * (0.95 + 0.1 * uniform());
      encoded[i * qualities.length + q] = bytes[i * options + 1 + q] = Math.round(original * share);
      difference[i * qualities.length + q] = fragility * Math.exp(-quality / 18) + 0.02 * (uniform() - 0.4);
    });
  }
  const input: CostInput = {
    ...{ encodings, encoded, difference, loss, prices: natPrices(loss, 0.3) },
    sample: Uint32Array.from({ length: samples }, (_, i) => i),
    labels: Int32Array.from({ length: samples }, () => random.below(classes)),
  };
  return { input, bytes };
}
