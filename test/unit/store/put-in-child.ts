/** Fills a store from a process of its own, beside others that do the same. */
import { openStore } from '../../../src/core/store/index.ts';

const [folder = '', name = ''] = process.argv.slice(2);
const store = openStore(folder);
for (let number = 0; number < 60; number++)
  store.putTable(`${name}${number}`, { name, rows: new Float32Array(1000).fill(number) });
store.transaction(() => {
  for (let number = 0; number < 60; number++) store.putTable(`shared-${number}`, name);
});
store.close();
