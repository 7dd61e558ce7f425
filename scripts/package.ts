/**
 * Packs the extension for one platform: the bundles, and the native modules of that platform alone.
 * node scripts/package.ts [--target linux-x64] [--out FILE.vsix]
 */
import { createVSIX } from '@vscode/vsce';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const root = path.resolve(import.meta.dirname, '..');
const shipped = ['dist', 'media', '.vscodeignore', 'README.md', 'CHANGELOG.md', 'LICENSE', 'docs/pictures'];

const { values } = parseArgs({
  options: { target: { type: 'string', default: `${process.platform}-${process.arch}` }, out: { type: 'string' } },
});
const { target } = values;
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
const out = path.resolve(values.out ?? `bitbudget-${manifest.version}-${target}.vsix`);

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const stage = mkdtempSync(path.join(tmpdir(), 'bitbudget-vsix-'));
try {
  for (const name of shipped) cpSync(path.join(root, name), path.join(stage, name), { recursive: true });
  writeFileSync(path.join(stage, 'package.json'), JSON.stringify(shippedManifest(), undefined, 2));
  installNatives();
  const pack = { dependencies: true, allowMissingRepository: true, rewriteRelativeLinks: false };
  await createVSIX({ cwd: stage, packagePath: out, target, ...pack });
  console.log(`${out}: ${(statSync(out).size / 1e6).toFixed(1)} MB`);
} finally {
  rmSync(stage, { recursive: true, force: true });
}

/** Without what is bundled; on Linux with the WebAssembly sharp too, which serves inside Electron. */
function shippedManifest(): object {
  const { dependencies, devDependencies } = manifest;
  const wasm = { '@img/sharp-wasm32': devDependencies['@img/sharp-wasm32'] };
  return {
    ...manifest,
    dependencies: { ...dependencies, ...(target.startsWith('linux') ? wasm : {}) },
    devDependencies: {},
    optionalDependencies: {},
    scripts: {},
    files: undefined, // .vscodeignore says what is shipped
    type: 'commonjs',
  };
}

function installNatives(): void {
  const [system = '', cpu = ''] = target.split('-');
  const libc = system === 'linux' ? ['--libc=glibc'] : [];
  const flags = [`--os=${system}`, `--cpu=${cpu}`, ...libc, '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['install', ...flags], { cwd: stage, stdio: 'inherit' });
  const binaries = path.join(stage, 'node_modules', 'onnxruntime-node', 'bin', 'napi-v6');
  for (const other of readdirSync(binaries))
    if (other !== system) rmSync(path.join(binaries, other), { recursive: true });
  for (const other of readdirSync(path.join(binaries, system)))
    if (other !== cpu) rmSync(path.join(binaries, system, other), { recursive: true });
}
