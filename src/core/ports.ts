/** What core borrows from outside; the worker hands these in. */
import type { Encoder } from './jpeg/index.ts';
import type { OpenTrainer } from './probe/index.ts';
import type { Store } from './store/index.ts';

export interface Ports {
  readonly encoder: Encoder;
  readonly openTrainer: OpenTrainer;
  readonly store: Store;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}
