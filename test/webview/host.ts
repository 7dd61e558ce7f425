/** Runs in the page, before the panel: stands in for VS Code and its extension host. */
import { createMessageConnection, type DataCallback, type Disposable, type Message } from 'vscode-jsonrpc/browser';
import { AbstractMessageReader, AbstractMessageWriter } from 'vscode-jsonrpc/browser';
import type { StageProgress } from '../../src/protocol/analysis.ts';
import {
  type PanelState,
  ProgressChanged,
  StateChanged,
  ViewAttribution,
  ViewCancel,
  ViewFrontier,
  ViewOpenSample,
  ViewOrder,
  ViewPredict,
  ViewPrediction,
  ViewReady,
  ViewRestart,
  ViewRows,
  ViewStudy,
  ViewEvaluate,
  ViewFitTable,
  ViewSweep,
  ViewWriteCopy,
} from '../../src/protocol/panel.ts';
import type { Codings } from '../../src/protocol/encoding.ts';
import { fakeEvaluation } from './evaluation.ts';
import { fakeStudy } from './evidence.ts';
import { fakeDataset } from './frontier.ts';
import { fakePrediction } from './prediction.ts';
import { fakeSweep } from './sweep.ts';

/** What the tests reach through `host` in the page. */
export interface FakeHost {
  readonly calls: string[];
  saved: unknown;
  show(state: PanelState): void;
  ready(): void;
  progress(progress: StageProgress): void;
  /** Ends the study that the panel waits for. */
  studied(): void;
  /** Ends the writing that the panel waits for. */
  written(message: string | undefined): void;
}

interface Page {
  host: FakeHost;
  acquireVsCodeApi: () => unknown;
  initialState?: PanelState;
  savedState?: unknown;
  samples?: number;
  codings?: Codings;
  toldBy?: 'law' | 'surface';
  predicted?: boolean;
  dispatchEvent(event: Event): boolean;
}

const page = globalThis as unknown as Page;
const folder = '/home/ada/datasets/cifar-10-large';
const dataset = fakeDataset(page.samples ?? 5000, page.codings);
const ready: PanelState = { kind: 'ready', folder, summary: dataset.summary };
let toHost: DataCallback = () => undefined;
let endStudy: () => void = () => undefined;
let endWriting: (message: string | undefined) => void = () => undefined;

class Reader extends AbstractMessageReader {
  listen(callback: DataCallback): Disposable {
    toHost = callback;
    return { dispose: () => undefined };
  }
}

class Writer extends AbstractMessageWriter {
  async write(message: Message): Promise<void> {
    page.dispatchEvent(new MessageEvent('message', { data: structuredClone(message) }));
    return Promise.resolve();
  }

  end(): void {
    // Nothing to close.
  }
}

const connection = createMessageConnection(new Reader(), new Writer());
const host: FakeHost = {
  calls: [],
  saved: page.savedState,
  show: (state) => void connection.sendNotification(StateChanged, state),
  ready: () => void connection.sendNotification(StateChanged, ready),
  progress: (progress) => void connection.sendNotification(ProgressChanged, progress),
  studied: () => {
    endStudy();
  },
  written: (message) => {
    endWriting(message);
  },
};
page.host = host;
page.acquireVsCodeApi = () => ({
  postMessage: (message: unknown) => {
    const copy = structuredClone(message) as Message;
    setTimeout(() => {
      toHost(copy);
    });
  },
  getState: () => host.saved,
  setState: (state: unknown) => {
    host.saved = structuredClone(state);
  },
});

connection.onRequest(ViewReady, () => page.initialState ?? ready);
connection.onRequest(ViewFrontier, () => dataset.frontier);
connection.onRequest(ViewRows, ({ samples }) => {
  host.calls.push(`rows ${samples instanceof Uint32Array ? samples.length : 'not an Uint32Array'}`);
  return dataset.rows(samples);
});
connection.onRequest(ViewOrder, ({ by }) => dataset.order(by));
connection.onRequest(ViewWriteCopy, async ({ budgetBytes, policy }) => {
  host.calls.push(`write ${budgetBytes} ${policy}`);
  const message = await new Promise<string | undefined>((resolve) => {
    endWriting = resolve;
  });
  return message === undefined ? {} : { message };
});
connection.onRequest(ViewStudy, async () => {
  host.calls.push('study');
  await new Promise<void>((resolve) => {
    endStudy = resolve;
  });
  return fakeStudy(dataset.summary.clusters);
});
connection.onRequest(ViewSweep, () => {
  host.calls.push('sweep');
  return fakeSweep(page.toldBy ?? 'law');
});
connection.onRequest(ViewEvaluate, ({ budgetBytes, policy }) => {
  host.calls.push(`evaluate ${policy} within ${Math.round(budgetBytes)}`);
  return fakeEvaluation(budgetBytes);
});
connection.onRequest(ViewPrediction, () => (page.predicted ? fakePrediction(dataset.frontier) : null));
connection.onRequest(ViewPredict, () => {
  host.calls.push('predict');
  return fakePrediction(dataset.frontier);
});
connection.onRequest(ViewFitTable, ({ budgetBytes }) => {
  host.calls.push(`fit a table within ${Math.round(budgetBytes)}`);
  const { law } = fakeSweep('law');
  return law ? { file: 'food101.csv', fit: law } : null;
});
connection.onRequest(ViewAttribution, ({ path }) => {
  host.calls.push(`attribution ${path}`);
  // One grey pixel.
  const png = atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkaGj4DwAEgQIBs1VhxAAAAABJRU5ErkJggg==');
  return { png: Uint8Array.from(png, (byte) => byte.charCodeAt(0)), trained: [5, 50, 'original'] as const };
});
connection.onNotification(ViewOpenSample, ({ path }) => {
  host.calls.push(`open ${path}`);
});
connection.onNotification(ViewCancel, () => {
  host.calls.push('cancel');
});
connection.onNotification(ViewRestart, () => {
  host.calls.push('restart');
});
connection.listen();
