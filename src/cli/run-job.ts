import path from 'node:path';
import { startChild, type Child } from '../host/child.ts';
import { chooseRuntime } from '../host/runtime.ts';
import { exitCodes } from './exit-codes.ts';
import { progressLine } from './progress-line.ts';

/** What a command prints, and how it ended. */
export interface Described {
  readonly text: string;
  readonly exitCode?: number;
}

/** Runs one request in a child process; Ctrl-C cancels it. Sets the exit code and returns when all is over. */
export async function runJob<R>(
  { json = false, store }: { readonly json?: boolean; readonly store: string },
  job: (child: Child, signal: AbortSignal) => Promise<R>,
  describe: (result: R) => Described,
): Promise<void> {
  const controller = new AbortController();
  process.once('SIGINT', () => {
    controller.abort();
  });
  const line = progressLine(process.stderr);
  let child: Child | undefined;
  try {
    child = await startChild({
      runtime: await chooseRuntime(process),
      workerPath: path.join(__dirname, 'worker.cjs'),
      storeFolder: path.resolve(store),
      log: (level, message) => {
        if (level !== 'info') line.print(message);
      },
    });
    child.onProgress((progress) => {
      line.show(progress);
    });
    const result = await job(child, controller.signal);
    line.end();
    const { text, exitCode = exitCodes.done } = describe(result);
    process.stdout.write(json ? `${JSON.stringify(result, plainArrays)}\n` : `${text}\n`);
    process.exitCode = exitCode;
  } catch (error) {
    line.end();
    process.exitCode = reportFailure(error, controller.signal.aborted);
  } finally {
    child?.dispose();
  }
}

function reportFailure(error: unknown, cancelled: boolean): number {
  if (cancelled) {
    process.stderr.write('Cancelled. Finished stages are kept: the same command goes on from there.\n');
    return exitCodes.cancelled;
  }
  const { message, data } = error as { message: string; data?: { code?: string } };
  process.stderr.write(`bitbudget: ${message}\n`);
  return data?.code === 'input' ? exitCodes.input : data?.code === 'usage' ? exitCodes.usage : exitCodes.failed;
}

/** Typed arrays as arrays; NaN as null, as JSON has it. */
const plainArrays = (_key: string, value: unknown): unknown =>
  ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Float32Array) : value;
