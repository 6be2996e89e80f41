import { expect, test } from 'vitest';
import { readMachine, targetsOf } from './machine.ts';

const linux = { platform: 'linux', arch: 'x64', musl: false, avx2: true };

test.each([
  [linux, ['linux-x64', 'linux-x64-baseline']],
  [{ ...linux, avx2: false }, ['linux-x64-baseline', 'linux-x64']],
  [{ ...linux, musl: true }, ['linux-x64-musl', 'linux-x64-baseline-musl']],
  [{ ...linux, arch: 'arm64' }, ['linux-arm64']],
  [{ ...linux, arch: 'arm64', musl: true }, ['linux-arm64-musl']],
  [{ ...linux, platform: 'darwin' }, ['darwin-x64', 'darwin-x64-baseline']],
  [{ ...linux, platform: 'darwin', arch: 'arm64' }, ['darwin-arm64']],
  [{ ...linux, arch: 's390x' }, []],
  [{ ...linux, platform: 'win32' }, []],
])('%j takes %j', (machine, targets) => {
  expect(targetsOf(machine)).toEqual(targets);
});

test('this machine is looked at', async () => {
  expect(await readMachine()).toMatchObject({ platform: process.platform });
});
