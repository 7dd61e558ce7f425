/** The same jobs without VS Code. Progress on stderr, results on stdout. */
import { program } from './program.ts';

void program().parseAsync();
