/** Writes a copy in a process of its own, to be killed; says when it begins. */
import { writeCopy } from '../../../src/core/copy/index.ts';

const [plan = '', out = ''] = process.argv.slice(2);
console.log('begins');
await writeCopy(plan, out, { signal: new AbortController().signal, onProgress: () => undefined });
