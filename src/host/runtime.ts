/** Which program runs the child process, and with which build of sharp (docs/decisions/0003-runtime-ladder.md). */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export const leastNode = '22.15.0';

export interface Runtime {
  readonly execPath: string;
  readonly env: Readonly<Record<string, string>>;
  readonly sharp: 'native' | 'wasm';
}

/** The process that asks, and what its user configured. */
export interface Asker {
  readonly platform: NodeJS.Platform;
  readonly execPath: string;
  readonly versions: { readonly node: string; readonly electron?: string | undefined };
  /** A Node.js that the user names. */
  readonly nodePath?: string;
}

/** Version ("24.21.0") of a Node.js program; undefined where it can't be run. */
export type AskVersion = (program: string) => Promise<string | undefined>;

/**
 * The first that serves: the Node.js that the user names; this process's own Node.js; on Electron its Node mode, where
 * native sharp is safe; on Linux's Electron a Node.js on PATH, else its Node mode with the slower WebAssembly sharp.
 * @throws Error when nothing is new enough, saying what to install or set
 */
export async function chooseRuntime(asker: Asker, askVersion: AskVersion = nodeVersion): Promise<Runtime> {
  const { platform, execPath, versions, nodePath } = asker;
  if (nodePath !== undefined) {
    const version = await askVersion(nodePath);
    if (version === undefined) throw new Error(`${nodePath} does not run: name a Node.js ${leastNode} or newer`);
    if (!newEnough(version))
      throw new Error(`${nodePath} is Node.js ${version}: Bitbudget needs ${leastNode} or newer`);
    return native(nodePath);
  }
  const own = newEnough(versions.node);
  if (own && versions.electron === undefined) return native(execPath);
  if (own && platform !== 'linux') return native(execPath, electronAsNode);
  const onPath = await askVersion('node');
  if (onPath !== undefined && newEnough(onPath)) return native('node');
  if (own) return { execPath, env: electronAsNode, sharp: 'wasm' };
  throw new Error(
    `Bitbudget needs Node.js ${leastNode} or newer, but this is ${versions.node}, and PATH has ${onPath ?? 'none'}`,
  );
}

const electronAsNode = { ELECTRON_RUN_AS_NODE: '1', ELECTRON_NO_ASAR: '1' };

const native = (execPath: string, env: Record<string, string> = {}): Runtime => ({ execPath, env, sharp: 'native' });

function newEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = leastNode.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

async function nodeVersion(program: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, ['--version'], { timeout: 10_000 });
    return /^v(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}
