/** AdaptCompression: training on images of whose cosine transform a square is kept, larger where the loss is high. */
export { channelsOf } from './channels.ts';
export { adaptNetwork } from './network.ts';
export { summarise } from './summary.ts';
export type { AdaptResult, AdaptTask } from './task.ts';
export { adaptSteps } from './train.ts';
