import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { authorization, type NpmAccess, registryOf } from '../installer/npm-access.ts';
import { readNpmSettings } from './npm-settings.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sn-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function read(files: { user?: string; global?: string }, env: NodeJS.ProcessEnv = {}): Promise<NpmAccess> {
  if (files.user !== undefined) writeFileSync(join(home, '.npmrc'), files.user);
  mkdirSync(join(home, 'usr/bin'), { recursive: true });
  mkdirSync(join(home, 'usr/etc'), { recursive: true });
  mkdirSync(join(home, 'usr/lib/npm/bin'), { recursive: true });
  writeFileSync(join(home, 'usr/lib/npm/bin/npm-cli.js'), '');
  symlinkSync('../lib/npm/bin/npm-cli.js', join(home, 'usr/bin/npm'));
  if (files.global !== undefined) writeFileSync(join(home, 'usr/etc/npmrc'), files.global);
  return readNpmSettings({ env: { PATH: join(home, 'usr/bin'), ...env }, home, execPath: '/nowhere/bin/node' });
}

test('without any configuration the public registry is asked, without a proxy', async () => {
  const settings = await read({});
  expect(registryOf(settings, 'x').href).toBe('https://registry.npmjs.org/');
  expect(settings).toMatchObject({ proxy: {}, certificates: [], strictSsl: true });
});

test('the environment goes before the user’s file, that before the global one', async () => {
  const files = {
    user: 'registry=https://user.example/npm',
    global: 'registry=https://global.example\nstrict-ssl=false',
  };
  const settings = await read(files);
  expect(registryOf(settings, 'x').href).toBe('https://user.example/npm/');
  expect(settings.strictSsl).toBe(false);
  rmSync(join(home, 'usr'), { recursive: true });
  const env = { npm_config_registry: 'https://env.example/' };
  expect(registryOf(await read(files, env), 'x').host).toBe('env.example');
});

test('a scope has a registry of its own', async () => {
  const settings = await read({
    user: '@a:registry = "https://a.example/"\nregistry=https://all.example/ ; mine',
  });
  expect(registryOf(settings, '@a/x').host).toBe('a.example');
  expect(registryOf(settings, '@b/x').host).toBe('all.example');
});

test('a token is sent below its own address and nowhere else', async () => {
  const settings = await read(
    { user: '//r.example/npm/:_authToken=${TOKEN}\n//b.example/:_auth=YTpi\n//none.example/:_authToken=${MISSING?}' },
    { TOKEN: 'abc' },
  );
  expect(authorization(settings, new URL('https://r.example/npm/x'))).toBe('Bearer abc');
  expect(authorization(settings, new URL('https://r.example/npm/@a/x/-/x-1.tgz'))).toBe('Bearer abc');
  for (const other of [
    'https://r.example/other',
    'https://r.example.evil/npm/x',
    'https://r.example:444/npm/x',
    'https://none.example/x',
  ])
    expect(authorization(settings, new URL(other))).toBeNull();
  expect(authorization(settings, new URL('https://b.example/x'))).toBe('Basic YTpi');
});

test('npm’s proxy goes before the environment’s, and its exceptions mean a name and all below it', async () => {
  const env = { HTTPS_PROXY: 'http://env:1', NO_PROXY: 'x.example' };
  expect((await read({}, env)).proxy).toEqual({ HTTPS_PROXY: 'http://env:1', NO_PROXY: 'x.example,.x.example' });
  rmSync(join(home, 'usr'), { recursive: true });
  const user = 'https-proxy=http://npm:2\nproxy=http://npm:3\nnoproxy=a.example, 10.0.0.1';
  expect((await read({ user }, env)).proxy).toEqual({
    HTTP_PROXY: 'http://npm:3',
    HTTPS_PROXY: 'http://npm:2',
    NO_PROXY: 'a.example,.a.example,10.0.0.1',
  });
});

test('certificates are taken from cafile and from ca', async () => {
  const pem = '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----';
  writeFileSync(join(home, 'ca.pem'), pem);
  const { certificates } = await read({
    user: `cafile=${join(home, 'ca.pem')}\nca[]="${pem.replaceAll('\n', '\\n')}"`,
  });
  expect(certificates).toEqual([pem, pem]);
});

test('files that say nonsense say nothing', async () => {
  const settings = await read({ user: '\u0000=\n=\nregistry=javascript:alert(1)\n[section]\nregistry\n' });
  expect(registryOf(settings, 'x').host).toBe('registry.npmjs.org');
});
