/** What the command line's exit codes mean (README, "Exit codes"). */
export const exitCodes = { done: 0, failed: 1, usage: 2, input: 3, cancelled: 4, skipped: 5 } as const;
