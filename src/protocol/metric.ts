import type { Task } from './analysis.ts';

const metrics: Readonly<Record<Task, string>> = {
  classification: 'accuracy',
  segmentation: 'mIoU',
  detection: 'mAP@0.5',
};
const marks: Readonly<Record<Task, string>> = {
  classification: 'accuracy',
  segmentation: 'pixel accuracy',
  detection: 'F₁ at an overlap of a half',
};

/** What the networks of a task are judged by, a share from 0 to 1; a test error is 1 minus it. */
export const metricOf = (task: Task): string => metrics[task];

/** The same at the start of a sentence: abbreviations stay as they are written. */
export const metricTitle = (task: Task): string => (task === 'classification' ? 'Accuracy' : metrics[task]);

/** What single images are marked by, a share from 0 to 1 whose mean the study compares. */
export const markOf = (task: Task): string => marks[task];
