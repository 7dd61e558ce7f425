import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with "N passed, N failed", for scripts that read it. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      const states = Array.from(module.children.allTests(), (test) => test.result().state);
      for (const state of states) count[state] += 1;
      // A file that does not load, or whose set-up fails, fails without a failed test.
      if (module.state() === 'failed' && !states.includes('failed')) count.failed += 1;
    }
    console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped + count.pending} skipped`);
  }
}
