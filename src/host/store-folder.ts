import { homedir } from 'node:os';
import path from 'node:path';

/** Where measurements are kept unless the user says otherwise: the platform's cache folder. */
export function defaultStoreFolder({ platform, env }: Pick<NodeJS.Process, 'platform' | 'env'> = process): string {
  const cache =
    platform === 'win32'
      ? (env['LOCALAPPDATA'] ?? path.join(homedir(), 'AppData', 'Local'))
      : platform === 'darwin'
        ? path.join(homedir(), 'Library', 'Caches')
        : (env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'));
  return path.join(cache, 'bitbudget');
}
