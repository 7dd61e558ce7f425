import {
  ErrorCodes,
  ResponseError,
  type CancellationToken,
  type MessageConnection,
  type RequestHandler,
  type RequestType,
} from 'vscode-jsonrpc/node';
import { InputError, UsageError } from '../core/errors.ts';
import type { ErrorData } from '../protocol/worker.ts';

/** JSON-RPC's code for a request that ended because it was cancelled. */
const requestCancelled = -32800;

type Handler<P, R> = (params: P, signal: AbortSignal) => R | Promise<R>;

/** Registers handlers on a connection: cancellation becomes an AbortSignal, errors carry a code. */
export function answering(connection: MessageConnection) {
  return <P, R>(type: RequestType<P, R, ErrorData>, handler: Handler<P, R>): void => {
    const respond = async (params: P, token: CancellationToken): Promise<R> => {
      const controller = new AbortController();
      const listener = token.onCancellationRequested(() => {
        controller.abort();
      });
      try {
        return await handler(params, controller.signal);
      } catch (error) {
        if (controller.signal.aborted) throw new ResponseError(requestCancelled, 'Cancelled');
        throw responseOf(error);
      } finally {
        listener.dispose();
      }
    };
    // The library's type makes an exception for null results, which the compiler can't rule out for a general R.
    connection.onRequest(type, respond as RequestHandler<P, R, ErrorData>);
  };
}

function responseOf(error: unknown): ResponseError<ErrorData> {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof InputError ? 'input' : error instanceof UsageError ? 'usage' : 'failed';
  // Faults of the program come with their stack, for the log.
  const text = code === 'failed' && error instanceof Error ? (error.stack ?? message) : message;
  return new ResponseError(ErrorCodes.InternalError, text, { code });
}
