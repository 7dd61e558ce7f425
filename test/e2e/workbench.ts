/** A real VS Code workbench from npm packages (code-server), with the packaged extension installed. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';

const codeServer = '4.139.1';
const cache =
  process.env['BITBUDGET_TEST_CACHE'] ??
  path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'bitbudget-test');

/** Settings that leave the workbench to the extension. */
export const plainWorkbench = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Dark Modern',
  'chat.disableAIFeatures': true,
} as const;

export interface Workbench extends AsyncDisposable {
  readonly url: string;
  /** Process numbers of the extension's children. */
  workers(): number[];
}

/** Opens a folder in a new workbench that knows no other extension. */
export async function startWorkbench(
  vsix: string,
  folder: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<Workbench> {
  const entry = installCodeServer();
  const home = mkdtempSync(path.join(tmpdir(), 'bitbudget-workbench-'));
  const folders = ['--user-data-dir', path.join(home, 'data'), '--extensions-dir', path.join(home, 'extensions')];
  // A remote workbench, as this is one, reads settings of machine scope from a file of their own.
  for (const scope of ['User', 'Machine']) {
    mkdirSync(path.join(home, 'data', scope), { recursive: true });
    writeFileSync(path.join(home, 'data', scope, 'settings.json'), JSON.stringify(settings));
  }
  execFileSync(process.execPath, [entry, '--install-extension', vsix, ...folders], { stdio: 'pipe' });
  const port = await freePort();
  const quiet = ['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'];
  const server = spawn(
    process.execPath,
    [entry, '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, ...folders, ...quiet, folder],
    { stdio: 'ignore', detached: true },
  );
  const url = `http://127.0.0.1:${port}/?folder=${folder}`;
  await answered(url);
  return {
    url,
    workers: () => processesOf(path.join(home, 'extensions')),
    [Symbol.asyncDispose]: async () => {
      if (server.exitCode === null && server.signalCode === null) await ended(server);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Downloads the workbench once, into a cache beside the project's own dependencies. */
function installCodeServer(): string {
  const home = path.join(cache, `code-server-${codeServer}`);
  const entry = path.join(home, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
  if (existsSync(entry)) return entry;
  console.log(`Installing code-server ${codeServer} into ${home}, about 600 MB…`);
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(path.join(cache, 'unfinished-'));
  writeFileSync(path.join(unfinished, 'package.json'), '{"private":true}');
  const install = (cwd: string, ...more: string[]) => {
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    execFileSync('npm', ['install', ...more, ...flags], { cwd, stdio: 'inherit' });
  };
  install(unfinished, `code-server@${codeServer}`);
  install(path.join(unfinished, 'node_modules', 'code-server', 'lib', 'vscode'), '--omit=dev');
  renameSync(unfinished, home);
  return entry;
}

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}

async function answered(url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      if ((await fetch(url)).ok) return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function ended(server: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => server.once('exit', resolve));
  process.kill(-(server.pid ?? 0), 'SIGTERM');
  const timer = setTimeout(() => process.kill(-(server.pid ?? 0), 'SIGKILL'), 10_000);
  await gone;
  clearTimeout(timer);
}

function processesOf(extensions: string): number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' });
  return table
    .split('\n')
    .filter((line) => line.includes(extensions) && /dist\/(worker|training)\.cjs/.test(line))
    .map((line) => Number.parseInt(line, 10));
}
