import type { WriteStream } from 'node:tty';
import type { StageName, StageProgress } from '../protocol/analysis.ts';
import { formatTimeLeft } from '../protocol/format.ts';

const labels: Readonly<Record<StageName, string>> = {
  scan: 'Scanning',
  rate: 'Measuring bytes',
  duplicates: 'Looking for duplicates',
  views: 'Preparing views',
  probe: 'Training probes',
  sweep: 'Training the sweep',
  evaluate: 'Training on copies',
  predict: 'Training at some budgets',
  adapt: 'Adapting',
  allocate: 'Allocating',
  write: 'Writing',
  verify: 'Verifying',
};
const logIntervalMs = 10_000;

/** One line that is written over; where stderr is no terminal, a line every ten seconds and at each stage's end. */
export function progressLine(stream: WriteStream) {
  let open = false;
  let loggedMs = 0;
  const clear = () => {
    if (open) stream.write('\r\x1b[K');
    open = false;
  };
  return {
    show(progress: StageProgress): void {
      const finished = progress.done === progress.total;
      const text = describeProgress(progress);
      if (stream.isTTY) {
        stream.write(`\r\x1b[K${text.slice(0, stream.columns - 1)}${finished ? '\n' : ''}`);
        open = !finished;
      } else if (finished || performance.now() - loggedMs > logIntervalMs) {
        loggedMs = performance.now();
        stream.write(`${text}\n`);
      }
    },
    print(message: string): void {
      clear();
      stream.write(`${message}\n`);
    },
    end: clear,
  };
}

function describeProgress({ stage, done, total, unit, note, secondsLeft }: StageProgress): string {
  const words = [
    ...(note === undefined ? [] : [note]),
    ...(secondsLeft === undefined ? [] : [formatTimeLeft(secondsLeft)]),
  ];
  const of = total > 0 ? ` of ${total.toLocaleString('en')}` : '';
  return `${labels[stage].padEnd(16)} ${done.toLocaleString('en')}${of} ${unit}${words.length === 0 ? '' : ` (${words.join('; ')})`}`;
}
