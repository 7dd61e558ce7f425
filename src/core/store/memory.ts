interface Transacting {
  transaction(work: () => void): void;
}

/** Gathers writes to the store, so that they wait for the disk together. */
export class Memory implements Disposable {
  readonly #store: Transacting;
  #pending: (() => void)[] = [];

  constructor(store: Transacting) {
    this.#store = store;
  }

  put(write: () => void): void {
    if (this.#pending.push(write) >= 500) this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    const writes = this.#pending;
    this.#pending = [];
    this.#store.transaction(() => {
      for (const write of writes) write();
    });
  }
}
