/**
 * Native sharp and Chromium both carry GLib, and on Linux the two clash inside Electron (lovell/sharp#4522): there the
 * WebAssembly build takes its place. Must run before anything loads sharp.
 */
import { readFileSync } from 'node:fs';
import Module from 'node:module';

type Resolve = (request: string, ...rest: unknown[]) => string;

export function chooseSharp(): 'native' | 'wasm' {
  if (process.env['BITBUDGET_SHARP'] !== 'wasm' && !chromiumGlib()) return 'native';
  const loader = Module as unknown as { _resolveFilename: Resolve };
  const resolve = loader._resolveFilename;
  loader._resolveFilename = (request, ...rest) =>
    resolve(
      request.replace(/^@img\/sharp-linux(musl)?-[a-z0-9]+\/sharp\.node$/, '@img/sharp-wasm32/sharp.node'),
      ...rest,
    );
  return 'wasm';
}

function chromiumGlib(): boolean {
  if (process.platform !== 'linux') return false;
  if ('electron' in process.versions) return true;
  try {
    return readFileSync('/proc/self/maps', 'utf8').includes('libgobject');
  } catch {
    return false; // no /proc: nothing to see, nothing preloaded that we know of
  }
}
