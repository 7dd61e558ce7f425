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
  /** Collects what a network says of several rows. */
  examine(): Exam;
}

export interface Mark {
  /** As the engine's but for caps, nats. */
  readonly loss: number;
  /** How far it is right: 0 or 1 for a class, the share of its pixels for a mask, F₁ of its objects at an overlap of a half. */
  readonly right: number;
}

export interface Exam {
  /** Marks a row by its logits. */
  add(row: number, logits: Float32Array): Mark;
  /** 1 minus the task's metric: accuracy, mean intersection over union, or mean average precision at an overlap of a half. */
  error(): number;
}
