/** A file that can't serve, with the reason as people read it. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

const sentences: Readonly<Record<string, string>> = {
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  ENOENT: 'it does not exist any more',
  ENAMETOOLONG: 'its path is too long for this system',
  ELOOP: 'a link that leads in a circle',
};

/**
 * Why a file could not be read, in words.
 * @throws the error itself where it comes neither from the file system nor from unpacking: that is a bug
 */
export function reasonOf(error: unknown): string {
  if (error instanceof Unreadable) return error.message;
  const code = codeOf(error);
  if (code === undefined || !(error instanceof Error)) throw error;
  if (code.startsWith('Z_')) return `cannot be unpacked: ${error.message}`;
  return sentences[code] ?? error.message;
}

/** Code of a system error, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
