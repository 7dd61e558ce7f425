import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface Peer extends Disposable {
  readonly name: string;
  ask(command: object): Promise<unknown>;
}

/** Starts a peer script where its Python has torch; undefined where it has not. */
export function startPeer(python: string, script: string, spec: object): Peer | undefined {
  const found = spawnSync(python, ['-c', 'import torch; print(torch.__version__)'], { encoding: 'utf8' });
  if (found.status !== 0) return undefined;
  const file = path.join(import.meta.dirname, 'peers', script);
  const child = spawn(python, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.write(`${JSON.stringify(spec)}\n`);
  return {
    name: `PyTorch ${found.stdout.trim()}`,
    async ask(command) {
      child.stdin.write(`${JSON.stringify(command)}\n`);
      const { value, done } = await answers.next();
      if (done === true) throw new Error(`The peer ${file} ended without an answer`);
      return (JSON.parse(value) as { result: unknown }).result;
    },
    [Symbol.dispose]: () => {
      child.kill();
    },
  };
}
