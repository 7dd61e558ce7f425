/** JSON-RPC over the webview's postMessage; typed arrays cross as typed arrays. */
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageConnection,
} from 'vscode-jsonrpc/browser';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export interface Host {
  readonly connection: MessageConnection;
  /** What the view kept when it was last hidden; unchecked. */
  savedState(): unknown;
  saveState(state: unknown): void;
}

class WindowReader extends AbstractMessageReader {
  listen(callback: DataCallback): Disposable {
    const listener = ({ data }: MessageEvent<unknown>): void => {
      if (isRpcMessage(data)) callback(data);
    };
    window.addEventListener('message', listener);
    return {
      dispose: () => {
        window.removeEventListener('message', listener);
      },
    };
  }
}

class HostWriter extends AbstractMessageWriter {
  readonly #api: VsCodeApi;

  constructor(api: VsCodeApi) {
    super();
    this.#api = api;
  }

  async write(message: Message): Promise<void> {
    this.#api.postMessage(message);
    return Promise.resolve();
  }

  end(): void {
    // The window outlives the connection.
  }
}

/** Connects to the extension host; once in a page, as VS Code hands its API out only once. */
export function connectToHost(): Host {
  const api = acquireVsCodeApi();
  return {
    connection: createMessageConnection(new WindowReader(), new HostWriter(api)),
    savedState: () => api.getState(),
    saveState: (state) => {
      api.setState(state);
    },
  };
}

function isRpcMessage(data: unknown): data is Message {
  return typeof data === 'object' && data !== null && 'jsonrpc' in data && data.jsonrpc === '2.0';
}
