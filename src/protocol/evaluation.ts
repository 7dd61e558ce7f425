/** Policies against each other at equal bytes, by training the same network on each one's copy. */
import type { Task } from './analysis.ts';
import type { PolicyName } from './policy.ts';

export interface EvaluationSettings {
  /** Trained beside the plan. */
  readonly against: readonly PolicyName[];
  /** Trainings of every policy; each draws a policy's chances anew. */
  readonly seeds: number;
  readonly epochs: number;
}

export const defaultEvaluation: EvaluationSettings = {
  against: ['uniform', 'drop', 'shuffled'],
  seeds: 5,
  epochs: 12,
};

/** Of one policy over another: whether the 95 % interval of the paired difference excludes 0. */
export type Verdict = 'better' | 'worse' | 'no difference seen';

export interface PairedDifference {
  /** Ours minus theirs in what images are marked by (metric.ts, markOf): a share, above 0 where ours is more right. */
  readonly mean: number;
  /** 95 %, from a bootstrap over test images and seeds. */
  readonly interval: readonly [number, number];
  /** On ours. */
  readonly verdict: Verdict;
}

/** Trainings on what a policy keeps. */
export interface PolicyTrial {
  /** "plan" is the one that is evaluated. */
  readonly policy: PolicyName | 'plan';
  /** Training images that are kept and the bytes that they take, means over seeds. */
  readonly images: number;
  readonly bytes: number;
  /** Test error of every seed on originals, and means and their standard errors on originals and on compressed images. */
  readonly errors: readonly number[];
  readonly error: number;
  readonly standardError: number;
  readonly compressedError: number;
  /** Of the plan over this policy, on originals and on compressed images; absent for the plan itself. */
  readonly difference?: PairedDifference;
  readonly compressedDifference?: PairedDifference;
}

export interface Evaluation {
  readonly root: string;
  readonly task: Task;
  /** Policy of the plan. */
  readonly planned: PolicyName;
  readonly budgetBytes: number;
  readonly trainImages: number;
  readonly testImages: number;
  readonly tested: string;
  /** Quality of the compressed test images. */
  readonly compressedAt: number;
  readonly seeds: number;
  readonly epochs: number;
  readonly engine: string;
  readonly trials: readonly PolicyTrial[];
}
