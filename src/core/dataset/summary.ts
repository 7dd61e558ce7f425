import type { DatasetSummary, Problem, Problems } from '../../protocol/analysis.ts';
import { splits, type Dataset } from './dataset.ts';

const problemsShown = 100;

/** A dataset in few numbers, as the panel and the command line show it. */
export function summarizeDataset(dataset: Dataset): DatasetSummary {
  const samplesBySplit = { train: 0, val: 0, test: 0 };
  for (const split of dataset.split) samplesBySplit[splits[split] ?? 'train'] += 1;
  return {
    root: dataset.root,
    layout: dataset.layout,
    task: dataset.task,
    samples: dataset.count,
    samplesBySplit,
    classes: dataset.classes,
    bytes: sum(dataset.bytes),
    otherFiles: dataset.other.path.length,
    otherBytes: sum(dataset.other.bytes),
    problems: firstProblems(dataset.problems),
  };
}

/** How many problems there are, and some of them. */
export function firstProblems(problems: readonly Problem[]): Problems {
  return { total: problems.length, first: problems.slice(0, problemsShown) };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
