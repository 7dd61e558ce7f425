/** All bundles on one screen. Natives stay outside: dist/ needs sharp and onnxruntime-node beside it. */
import { build, context } from 'esbuild';
import { rmSync } from 'node:fs';

const node = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22.15',
  external: ['vscode', 'sharp', 'onnxruntime-node', '@tensorflow/tfjs-node'],
  logLevel: 'warning',
  sourcemap: 'linked',
};
const bundles = [
  { ...node, entryPoints: ['src/extension/extension.ts'], outfile: 'dist/extension.cjs' },
  { ...node, entryPoints: ['src/worker/main.ts'], outfile: 'dist/worker.cjs' },
  { ...node, entryPoints: ['src/worker/training.ts'], outfile: 'dist/training.cjs' },
  { ...node, entryPoints: ['src/engine/onnx/gradient-thread.ts'], outfile: 'dist/gradient-thread.cjs' },
  { ...node, entryPoints: ['src/cli/main.ts'], outfile: 'dist/cli.cjs', banner: { js: '#!/usr/bin/env node' } },
  {
    entryPoints: ['webview/main.ts'],
    outfile: 'dist/webview/main.js',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'chrome134',
    logLevel: 'warning',
    sourcemap: 'linked',
  },
];

if (process.argv.includes('--watch')) for (const bundle of bundles) await (await context(bundle)).watch();
else {
  for (const bundle of bundles) rmSync(bundle.outfile, { force: true });
  await Promise.all(bundles.map(build));
}
