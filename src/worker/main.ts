/** The child process: runs core's jobs for one shell, reports progress, can be cancelled, ends with its parent. */
import { chooseSharp } from './sharp-runtime.ts';

// Ctrl-C in a terminal reaches the child too, but it is for the shell to cancel what the child does.
process.on('SIGINT', () => undefined);

const sharp = chooseSharp();
// Loaded only now, since it loads sharp.
void import('./serve.ts').then(({ serve }) => {
  serve(sharp);
});
