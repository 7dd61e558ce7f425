import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { chooseRuntime, type Asker } from '../../../src/host/runtime.ts';
import { defaultStoreFolder } from '../../../src/host/store-folder.ts';

const node = { platform: 'linux', execPath: '/usr/bin/node', versions: { node: '24.1.0' } } as const;
const electron = { ...node, execPath: '/opt/code', versions: { node: '22.21.0', electron: '39.2.0' } } as const;
const programs: Readonly<Record<string, string>> = { node: '22.15.0', '/old/node': '20.18.1', '/good/node': '22.16.0' };
const choose = (asker: Asker, known = programs) => chooseRuntime(asker, (program) => Promise.resolve(known[program]));

describe('the runtime of the child', () => {
  it('is this Node.js where the host is no Electron', async () => {
    expect(await choose(node)).toEqual({ execPath: '/usr/bin/node', env: {}, sharp: 'native' });
  });

  it.each(['win32', 'darwin'] as const)("is Electron's Node.js mode on %s", async (platform) => {
    const { execPath, env, sharp } = await choose({ ...electron, platform });
    expect({ execPath, sharp, asNode: env['ELECTRON_RUN_AS_NODE'] }).toEqual({
      execPath: '/opt/code',
      sharp: 'native',
      asNode: '1',
    });
  });

  it("is PATH's Node.js on Linux's Electron, else Electron's with the WebAssembly sharp", async () => {
    expect(await choose(electron)).toEqual({ execPath: 'node', env: {}, sharp: 'native' });
    for (const known of [{}, { node: '20.18.1' }])
      expect(await choose(electron, known as Record<string, string>)).toMatchObject({
        execPath: '/opt/code',
        sharp: 'wasm',
      });
  });

  it('is the one that the user names, if it serves', async () => {
    expect(await choose({ ...electron, nodePath: '/good/node' })).toMatchObject({ execPath: '/good/node' });
    await expect(choose({ ...node, nodePath: '/old/node' })).rejects.toThrow(
      /\/old\/node is Node\.js 20\.18\.1.*22\.15/,
    );
    await expect(choose({ ...node, nodePath: '/no/node' })).rejects.toThrow(/\/no\/node does not run/);
  });

  it('is never too old', async () => {
    const old = { ...node, versions: { node: '22.14.9' } };
    expect(await choose(old)).toMatchObject({ execPath: 'node' });
    await expect(choose(old, {})).rejects.toThrow(/needs Node\.js 22\.15\.0 or newer, but this is 22\.14\.9/);
  });
});

it('keeps measurements in the cache folder of the platform', () => {
  const folder = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv) => defaultStoreFolder({ platform, env });
  expect(folder('linux', { XDG_CACHE_HOME: '/c' })).toBe('/c/bitbudget');
  expect(folder('linux', {})).toBe(`${homedir()}/.cache/bitbudget`);
  expect(folder('darwin', {})).toBe(`${homedir()}/Library/Caches/bitbudget`);
  expect(folder('win32', { LOCALAPPDATA: '/l' })).toBe('/l/bitbudget');
});
