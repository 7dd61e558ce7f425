import type { StageProgress } from '../protocol/analysis.ts';

/** What every room is handed beside its input. */
export interface JobContext {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: StageProgress) => void;
}
