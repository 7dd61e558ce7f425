/** Strings as one UTF-8 buffer and offsets: a million paths are two arrays, not a million objects. */
export interface StringColumn {
  readonly length: number;
  at(index: number): string;
}

const initialBytes = 1 << 16;

export class StringColumnBuilder {
  #bytes = Buffer.allocUnsafe(initialBytes);
  #offsets = new Float64Array(1024);
  #length = 0;
  #used = 0;

  push(text: string): void {
    const size = Buffer.byteLength(text);
    if (this.#used + size > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#used + size));
      this.#bytes.copy(grown, 0, 0, this.#used);
      this.#bytes = grown;
    }
    if (this.#length + 1 >= this.#offsets.length) {
      const grown = new Float64Array(this.#offsets.length * 2);
      grown.set(this.#offsets);
      this.#offsets = grown;
    }
    this.#used += this.#bytes.write(text, this.#used);
    this.#length += 1;
    this.#offsets[this.#length] = this.#used;
  }

  finish(): StringColumn {
    return stringColumn(Buffer.from(this.#bytes.subarray(0, this.#used)), this.#offsets.slice(0, this.#length + 1));
  }
}

function stringColumn(bytes: Buffer, offsets: Float64Array): StringColumn {
  return {
    length: offsets.length - 1,
    at(index) {
      if (!(index >= 0 && index < offsets.length - 1))
        throw new RangeError(`Expected an index from 0 to ${offsets.length - 2} but received ${index}`);
      return bytes.toString('utf8', offsets[index], offsets[index + 1]);
    },
  };
}
