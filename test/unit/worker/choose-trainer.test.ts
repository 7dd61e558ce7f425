import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { FoldTask } from '../../../src/core/probe/index.ts';
import { chooseTrainer } from '../../../src/worker/choose-trainer.ts';

const file = path.join(import.meta.dirname, 'faulty-training.ts');
const patience = { trialMs: 5000, stepMs: 3000 };
const rows = 12;

const folder = await mkdtemp(path.join(tmpdir(), 'bitbudget-trainer-'));
const views = { file: path.join(folder, 'views.u8'), side: 8, count: 2, hasMasks: false };
await writeFile(
  views.file,
  Uint8Array.from({ length: rows * 2 * 192 }, (_, at) => (at * 7919) % 251),
);
afterAll(() => rm(folder, { recursive: true }));

const task: FoldTask = {
  views,
  network: {
    height: 8,
    width: 8,
    channels: 3,
    mean: [128, 128, 128],
    deviation: [64, 64, 64],
    classes: 2,
    layers: [{ kind: 'flatten' }, { kind: 'dense', units: 2 }],
  },
  answers: { kind: 'classes', labels: Int32Array.from({ length: rows }, (_, row) => row % 2) },
  trainRows: Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 7),
  trainViews: [0, 1],
  scoreRows: Uint32Array.of(8, 9, 10, 11),
  steps: 3,
  seed: 1,
};

async function trainWith(fault: string) {
  vi.stubEnv('FAULT', fault);
  const said: string[] = [];
  const signal = new AbortController().signal;
  const log = (level: string, message: string) => void said.push(`${level}: ${message}`);
  const trainer = await chooseTrainer(file, 'webgpu', log, signal, patience);
  const chosen = trainer.name;
  let steps = 0;
  const losses = await trainer.run('fold', task, { signal, onStep: () => (steps += 1) }, 2);
  // A second one, to see that the message comes once.
  await trainer.run('fold', task, { signal, onStep: () => undefined }, 2);
  return { chosen, served: trainer.name, said, losses, steps };
}

describe('a GPU', { timeout: 60_000 }, () => {
  it('that works trains, and both figures are shown', async () => {
    const { chosen, said, losses, steps } = await trainWith('none');
    expect(chosen).toMatch(/; tried: CPU .* [\d,]+ images\/s, .* [\d,]+ images\/s$/);
    expect(said).toEqual([]);
    expect(losses.losses).toHaveLength(8);
    expect(steps).toBe(task.steps);
  });

  it.each([
    ['is not there', /No supported adapters/],
    ['crashes', /ended by SIGABRT/],
    ['hangs', /gave no answer for 5 s/],
    ['is wrong', /differ from the CPU's by [\d.]+ %/],
  ])('that %s is replaced by the CPU with one message', async (fault, reason) => {
    const { served, said, losses } = await trainWith(fault);
    expect(served).toMatch(/^CPU/);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^warn: The engine webgpu can not serve, the CPU does/);
    expect(said[0]).toMatch(reason);
    expect([...losses.losses].every((loss) => loss > 0)).toBe(true);
  });

  it.each([
    ['crashes later', /ended by SIGABRT/],
    ['hangs later', /gave no answer for 3 s/],
  ])('that %s leaves its training to the CPU', async (fault, reason) => {
    const { served, said, losses } = await trainWith(fault);
    const { losses: undisturbed } = await trainWith('none');
    expect(served).toMatch(/^CPU/);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/failed, the CPU goes on/);
    expect(said[0]).toMatch(reason);
    // All but the time that it took.
    expect({ ...losses, training: null }).toEqual({ ...undisturbed, training: null });
  });
});

it('a cancelled training ends at once', async () => {
  vi.stubEnv('FAULT', 'none');
  const controller = new AbortController();
  const trainer = await chooseTrainer(file, 'cpu', () => undefined, controller.signal, patience);
  const running = trainer.run(
    'fold',
    { ...task, steps: 1e9 },
    {
      signal: controller.signal,
      onStep: () => {
        controller.abort(new Error('cancelled'));
      },
    },
    1,
  );
  await expect(running).rejects.toThrow('cancelled');
});
