/** What networks should say, a file a task, and how wrong they are. */
import type { NetworkDescription } from '../../../engine/index.ts';
import type { Views } from '../views.ts';
import type { Answers } from './answers.ts';
import { judgeBoxes } from './boxes.ts';
import { judgeClasses } from './classes.ts';
import type { Judge } from './judge.ts';
import { judgeMasks } from './masks.ts';

export type { Answers } from './answers.ts';
export { boxHeads, stride } from './box-grid.ts';
export { judgeClasses } from './classes.ts';
export type { Judge } from './judge.ts';

export function openJudge(answers: Answers, views: Views, network: Pick<NetworkDescription, 'classes'>): Judge {
  if (answers.kind === 'classes') return judgeClasses(answers.labels);
  if (answers.kind === 'masks') return judgeMasks(views, network.classes);
  return judgeBoxes(answers.objects, views.side);
}
