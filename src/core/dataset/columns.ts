type Numbers = Float64Array | Int32Array | Int16Array | Uint32Array | Uint8Array;

/** A column of numbers that grows: doubled when full, cut to its length at the end. */
export class NumberColumn<Column extends Numbers> {
  readonly #create: (length: number) => Column;
  #values: Column;
  #length = 0;

  /** @param create  as in `new NumberColumn((length) => new Int32Array(length))` */
  constructor(create: (length: number) => Column) {
    this.#create = create;
    this.#values = create(1024);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = this.#create(this.#length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  finish(): Column {
    const exact = this.#create(this.#length);
    exact.set(this.#values.subarray(0, this.#length));
    return exact;
  }
}
