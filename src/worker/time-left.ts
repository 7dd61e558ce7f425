import type { StageProgress } from '../protocol/analysis.ts';

/** The pace is that of so long ago, and told once it was watched for so long. */
const [windowMs, leastMs] = [60_000, 5_000];
/** What the store knew already comes all at once: a larger share within so short a time is no pace. */
const [jumpShare, jumpMs] = [0.02, 200];

interface Seen {
  readonly ms: number;
  readonly done: number;
}

/** Tells how many seconds a stage will go on at the pace of the last minute; nothing until that can be told. */
export function timeLeft(now: () => number = () => performance.now()) {
  let stage: string | undefined;
  let seen: Seen[] = [];
  return ({ stage: current, done, total }: StageProgress): number | undefined => {
    const ms = now();
    const last = seen.at(-1);
    const jumped = last && done - last.done > jumpShare * total && ms - last.ms < jumpMs;
    if (current !== stage || jumped || (last && done < last.done)) seen = [];
    stage = current;
    seen.push({ ms, done });
    // The oldest within the window, and the newest before it where there is none.
    const first = seen.findIndex((own) => own.ms >= ms - windowMs);
    seen = seen.slice(Math.max(0, first - 1));
    const oldest = seen[0] as Seen;
    if (ms - oldest.ms < leastMs || done === oldest.done || done >= total) return undefined;
    return ((total - done) * (ms - oldest.ms)) / (done - oldest.done) / 1000;
  };
}
