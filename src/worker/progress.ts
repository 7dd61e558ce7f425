import type { StageProgress } from '../protocol/analysis.ts';
import { timeLeft } from './time-left.ts';

const intervalMs = 100;

/** Passes on the first and the last report of every stage, and at most ten a second between them, with the time left. */
export function throttled(report: (progress: StageProgress) => void): (progress: StageProgress) => void {
  const secondsLeftOf = timeLeft();
  let stage: string | undefined;
  let sentMs = 0;
  return (progress) => {
    const now = performance.now();
    if (progress.stage === stage && progress.done !== progress.total && now - sentMs < intervalMs) return;
    stage = progress.stage;
    sentMs = now;
    const secondsLeft = secondsLeftOf(progress);
    report({ ...progress, ...(secondsLeft !== undefined && { secondsLeft }) });
  };
}
