/** What the networks of a task are judged by, a share from 0 to 1; a test error is 1 minus it. */
export type Task = 'classification';

const metrics: Readonly<Record<Task, string>> = { classification: 'accuracy' };

export const metricOf = (task: Task = 'classification'): string => metrics[task];
