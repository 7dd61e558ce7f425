import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import type { PlanSummary } from '../../src/protocol/worker.ts';

const program = path.resolve('dist/cli.cjs');
/** Training as short as it gets. */
export const quick = ['--folds', '2', '--seeds', '1', '--epochs', '1'];

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line to its end; `during` sees what it says on stderr, and may send signals. */
export async function bitbudget(
  args: readonly string[],
  during?: (stderr: string, kill: (signal: NodeJS.Signals) => void) => void,
): Promise<Ended> {
  if (!existsSync(program)) throw new Error(`${program} is not there: npm run build`);
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    during?.(stderr, (signal) => child.kill(signal));
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

export async function temporaryFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bitbudget-cli-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/**
 * What a plan leaves of its budget must be less than one more step of some file, so less than the largest file: of many
 * files that is under one part in a hundred, of few large ones it can be more.
 */
export function expectSpent({ bytes, budgetBytes, everyFileAtBest }: PlanSummary, largestFile: number): void {
  expect(bytes).toBeLessThanOrEqual(budgetBytes);
  if (!everyFileAtBest) expect(budgetBytes - bytes).toBeLessThan(Math.max(0.01 * budgetBytes, largestFile));
}
