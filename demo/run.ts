/**
 * The main job on a dataset whose truth is known: draws it, plans it at 40 %, writes and verifies the copy, and shows
 * what became of its classes. npm run demo
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fineClasses, generateDataset } from './generate.ts';
import { drawPicture } from './picture.ts';
import { readPlanned, summarizeClasses } from './planned.ts';

const root = path.resolve(import.meta.dirname, '..');
const out = path.join(root, 'demo-out');
const dataset = path.join(out, 'shapes');
const plan = path.join(out, 'shapes.plan.jsonl');
const copy = path.join(out, 'shapes-40pct');

rmSync(out, { recursive: true, force: true });
console.log('Drawing 600 images of 64×64 pixels: two classes of coarse shapes, two of fine textures\n');
await generateDataset(dataset, { imagesPerClass: 150, seed: 7 });
bitbudget('analyze', dataset);
bitbudget('plan', dataset, '--budget', '40%', '--out', plan);
bitbudget('write', plan, copy);
bitbudget('verify', copy);

const planned = readPlanned(readFileSync(plan, 'utf8'));
console.log('What the plan gives to each class\n');
console.log('class         truth             sensitivity  mean quality  before    after');
for (const { label, sensitivity, quality, before, after } of summarizeClasses(planned)) {
  const truth = (fineClasses as readonly string[]).includes(label) ? 'fine texture' : 'coarse shape';
  console.log(
    `${label.padEnd(14)}${truth.padEnd(14)}${`${sensitivity.toFixed(3)} nats`.padStart(15)}${quality.toFixed(0).padStart(14)}${kilobytes(before).padStart(10)}${kilobytes(after).padStart(9)}`,
  );
}
const picture = path.join(out, 'before-after.png');
await drawPicture(planned, dataset, copy, picture);
console.log(`\nPicture   ${picture}`);

function bitbudget(...args: string[]): void {
  console.log(`$ bitbudget ${args.map((arg) => path.relative(root, arg) || arg).join(' ')}`);
  const store = path.join(out, 'store');
  const { status } = spawnSync(process.execPath, [path.join(root, 'dist', 'cli.cjs'), ...args, '--store', store], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
  console.log();
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} kB`;
}
