/** Starts the child process that does all the work, and speaks with it. */
import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import {
  CancellationTokenSource,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type RequestType,
} from 'vscode-jsonrpc/node';
import type { StageProgress } from '../protocol/analysis.ts';
import { OpenSession, ReportLog, ReportProgress, type ErrorData, type SessionInfo } from '../protocol/worker.ts';
import type { Runtime } from './runtime.ts';

export interface ChildOptions {
  readonly runtime: Runtime;
  /** The worker's bundle. */
  readonly workerPath: string;
  readonly storeFolder: string;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

export interface Child {
  readonly info: SessionInfo;
  /** Resolves when the process is gone, with how it ended in words. */
  readonly ended: Promise<string>;
  /**
   * Aborting cancels the request; a child that has not stopped two seconds later is killed.
   * @throws the signal's reason when aborted, ChildEnded when the process ends first, else the child's error
   */
  request<P, R>(type: RequestType<P, R, ErrorData>, params: P, signal?: AbortSignal): Promise<R>;
  onProgress(listener: (progress: StageProgress) => void): void;
  /** Ends the process; requests under way are rejected. */
  dispose(): void;
}

/** The child process ended while it was needed. */
export class ChildEnded extends Error {
  override readonly name = 'ChildEnded';
}

const patienceMs = 2000;

export async function startChild({ runtime, workerPath, storeFolder, log }: ChildOptions): Promise<Child> {
  const process = forkWorker(runtime, workerPath);
  const ended = new Promise<string>((resolve) => {
    process.once('error', (error) => {
      resolve(`could not be started: ${error.message}`);
    });
    process.once('exit', (code, signal) => {
      resolve(signal === null ? `ended with code ${code ?? 'unknown'}` : `was ended by ${signal}`);
    });
  });
  process.stdout?.setEncoding('utf8').on('data', (text: string) => {
    log('info', text.trimEnd());
  });
  process.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log('warn', text.trimEnd());
  });
  const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
  connection.onNotification(ReportLog, ({ level, message }) => {
    log(level, message);
  });
  connection.onError(([error]) => {
    log('error', `The connection to the child process: ${error.message}`);
  });
  const failed = ended.then((how): never => {
    throw new ChildEnded(`The process that does the work ${how}. Finished stages are kept; the log has more`);
  });
  failed.catch(() => {
    connection.dispose(); // else requests under way would wait for ever
  });
  connection.listen();

  const request = async <P, R>(type: RequestType<P, R, ErrorData>, params: P, signal?: AbortSignal): Promise<R> => {
    signal?.throwIfAborted();
    const cancellation = new CancellationTokenSource();
    let killer: NodeJS.Timeout | undefined;
    const onAbort = () => {
      cancellation.cancel();
      killer = setTimeout(() => process.kill('SIGKILL'), patienceMs);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const answer = async () => connection.sendRequest<R>(type.method, params, cancellation.token);
      return await Promise.race([failed, answer()]);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(killer);
      signal?.removeEventListener('abort', onAbort);
    }
  };
  const dispose = () => void process.kill('SIGKILL');
  try {
    return {
      info: await request(OpenSession, { storeFolder }),
      ended,
      request,
      onProgress: (listener) => void connection.onNotification(ReportProgress, listener),
      dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

function forkWorker({ execPath, env, sharp }: Runtime, workerPath: string): ChildProcess {
  return fork(workerPath, [], {
    execPath,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...process.env,
      // sharp works on libuv's threads, whose number is fixed when the process starts.
      UV_THREADPOOL_SIZE: String(availableParallelism() + 2),
      // glibc gives every thread heaps of its own, which keep what is freed: a third more memory for nothing.
      MALLOC_ARENA_MAX: '2',
      ...(sharp === 'wasm' ? { BITBUDGET_SHARP: 'wasm' } : {}),
      ...env,
    },
  });
}
