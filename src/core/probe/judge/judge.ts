/** Knows the answers, and marks what a network says. */
export interface Judge {
  /** Labels that an image has. */
  readonly size: number;
  /** Whose losses add up to an image's. */
  readonly questions: number;
  /** Whether training images may be mirrored. */
  readonly mirrors: boolean;
  /** Writes a row's labels, as the engine takes them; of the mirrored image where that is asked for. */
  read(row: number, labels: Int32Array, mirrored: boolean): void;
  /**
   * Loss of a row by its logits, nats, as the engine's but for caps; and how far it is right: 0 or 1 for a class, the share of its pixels for a mask,
   * F₁ of its objects at an overlap of a half for boxes.
   */
  mark(row: number, logits: Float32Array): { readonly loss: number; readonly right: number };
  /** Collects what a network says of several rows. */
  examine(): Exam;
}

export interface Exam {
  add(row: number, logits: Float32Array): void;
  /** 1 minus the task's metric: accuracy, mean intersection over union, or mean average precision at an overlap of a half. */
  error(): number;
}
