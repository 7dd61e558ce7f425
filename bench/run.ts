/** npm run bench -- NAME [PART] [--json] [--python PATH]: with --json the last line on stdout is one JSON object. */
import { parseArgs } from 'node:util';
import { benchAdapt } from './adapt.ts';
import { benchAllocate } from './allocate.ts';
import { benchEngine } from './engine.ts';
import { benchLaw } from './law.ts';
import { benchPolicies } from './policies.ts';
import { benchSensitivity } from './sensitivity.ts';

const benches = {
  engine: benchEngine,
  sensitivity: benchSensitivity,
  law: benchLaw,
  policies: benchPolicies,
  adapt: benchAdapt,
  allocate: benchAllocate,
} as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, python: { type: 'string', default: 'python3' } },
});
const [name, only] = positionals;
if (name === undefined || !Object.hasOwn(benches, name)) {
  console.error(`Expected one of: ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
const figures = await benches[name as keyof typeof benches]({ python: values.python, only });
if (values.json) console.log(JSON.stringify(figures));
