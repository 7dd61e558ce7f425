/** The input can't serve: says what is wrong, where, and what to do. Shown to the user as it stands. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** The program was called wrongly. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
