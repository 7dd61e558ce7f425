import type { z } from 'zod';

/** What is wrong with a file, and where: "annotation.size.width: Invalid input: …". */
export function firstIssue({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not as expected'}`.replace(/^: /, '');
}
