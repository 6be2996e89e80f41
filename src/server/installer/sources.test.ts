// The vendors' own channels, the order of sources, https, proxies and a full disk.
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { digest, makeTgz, programText } from '../../../test/support/archive.ts';
import {
  type Bench,
  type BenchOptions,
  fakeAgent,
  fakePackage,
  npmSource,
  openBench,
} from '../../../test/support/bootstrap.ts';
import { type Mirror, openMirror } from '../../../test/support/mirror.ts';
import { openProxy, type TestProxy } from '../../../test/support/proxy.ts';
import type { BucketDistribution, GithubDistribution } from '../../agents/distribution.ts';

const execute = promisify(execFile);
const never = new AbortController().signal;
const program = programText('1.2.3');

let mirror: Mirror;
const benches: Bench[] = [];
const bench = (options: BenchOptions = {}): Bench => {
  const opened = openBench(options);
  benches.push(opened);
  return opened;
};
const vendor = (options: BenchOptions = {}): Bench =>
  bench({ ...options, config: { registry: mirror.url, agents: { fake: { vendor: mirror.url } } } });

beforeEach(async () => {
  mirror = await openMirror();
});
afterEach(async () => {
  for (const opened of benches.splice(0)) await opened.end();
  await mirror.close();
});

describe('a release on GitHub', () => {
  const github: GithubDistribution = {
    kind: 'github',
    repository: 'fake/agent',
    tag: 'v{version}',
    sums: 'SUMS',
    builds: { 'linux-x64': { name: 'fake-linux-x64.tar.gz', program: 'bin/fake' } },
  };
  const archive = makeTgz([{ path: 'bin/fake', content: program, mode: 0o755 }]);
  const sum = digest('sha256', archive);

  const publish = (assetDigest: string | null, sums: string | null): void => {
    const asset = (name: string, known: string | null): unknown => ({
      name,
      browser_download_url: `${mirror.url}files/${name}`,
      digest: known,
    });
    const assets = [asset('fake-linux-x64.tar.gz', assetDigest), ...(sums === null ? [] : [asset('SUMS', null)])];
    const release = JSON.stringify({ tag_name: 'v1.2.3', assets });
    mirror.put('/repos/fake/agent/releases/latest', release);
    mirror.put('/repos/fake/agent/releases/tags/v1.2.3', release);
    mirror.put('/files/fake-linux-x64.tar.gz', archive);
    if (sums !== null) mirror.put('/files/SUMS', sums);
  };

  test.each([
    ['with both checksums', `sha256:${sum}`, `${sum}  fake-linux-x64.tar.gz\n`],
    ['with the digest alone', `sha256:${sum}`, null],
    ['with the sums file alone', null, `${'0'.repeat(64)} *other\n${sum} *fake-linux-x64.tar.gz\n`],
  ])('is installed %s', async (_name, assetDigest, sums) => {
    publish(assetDigest, sums);
    const binary = await vendor().binaries.ensure(fakeAgent([github]), null, never);
    expect(binary).toMatchObject({ version: '1.2.3', key: `1.2.3-${sum.slice(0, 8)}` });
  });

  test.each([
    ['without any checksum', null, null],
    ['with sums that leave the file out', null, `${sum}  other\n`],
    ['with sums that differ from the digest', `sha256:${sum}`, `${'0'.repeat(64)}  fake-linux-x64.tar.gz\n`],
    ['with a wrong digest', `sha256:${'0'.repeat(64)}`, null],
  ])('is refused %s', async (_name, assetDigest, sums) => {
    publish(assetDigest, sums);
    const { binaries, published } = vendor();
    await expect(binaries.ensure(fakeAgent([github]), null, never)).rejects.toMatchObject({
      code: 'bootstrap-integrity',
    });
    expect(published()).toEqual([]);
  });

  test('a version is found by its tag, and another answer refused', async () => {
    publish(`sha256:${sum}`, null);
    const { binaries } = vendor();
    expect((await binaries.install(fakeAgent([github]), '1.2.3')).current).toBe(`1.2.3-${sum.slice(0, 8)}`);
    mirror.put('/repos/fake/agent/releases/tags/v1.0.0', JSON.stringify({ tag_name: 'v1.2.3', assets: [] }));
    await expect(binaries.install(fakeAgent([github]), '1.0.0')).rejects.toMatchObject({ code: 'bootstrap-reply' });
  });
});

describe('a vendor’s file server', () => {
  const plain: BucketDistribution = {
    kind: 'bucket',
    base: 'https://unused.invalid/',
    latest: 'latest',
    file: '{version}/{name}/fake',
    pack: 'none',
    checksum: { file: '{version}/manifest.json', at: ['platforms', '{name}', 'checksum'], of: 'file' },
    builds: { 'linux-x64': { name: 'linux-x64', program: 'bin/fake' } },
  };
  const packed: BucketDistribution = {
    ...plain,
    file: '{version}/fake-{name}.gz',
    pack: 'gzip',
    checksum: { file: '{version}/{name}.sha256', at: null, of: 'program' },
  };
  const sum = digest('sha256', Buffer.from(program));

  test('a bare program is installed by its manifest', async () => {
    mirror.put('/latest', '1.2.3\n');
    mirror.put('/1.2.3/manifest.json', JSON.stringify({ platforms: { 'linux-x64': { checksum: sum } } }));
    mirror.put('/1.2.3/linux-x64/fake', program);
    const binary = await vendor().binaries.ensure(fakeAgent([plain]), null, never);
    expect((await execute(binary.argv[0] ?? '', ['--version'])).stdout).toBe('fake 1.2.3\n');
    mirror.put('/1.2.3/manifest.json', JSON.stringify({ platforms: {} }));
    await expect(vendor().binaries.ensure(fakeAgent([plain]), null, never)).rejects.toMatchObject({
      code: 'bootstrap-integrity',
    });
  });

  test('a packed program is verified as it comes out', async () => {
    mirror.put('/latest', '1.2.3');
    mirror.put('/1.2.3/linux-x64.sha256', `${sum}  fake\n`);
    mirror.put('/1.2.3/fake-linux-x64.gz', gzipSync(program));
    const binary = await vendor().binaries.ensure(fakeAgent([packed]), null, never);
    expect((await execute(binary.argv[0] ?? '', ['--version'])).stdout).toBe('fake 1.2.3\n');
    mirror.put('/1.2.3/fake-linux-x64.gz', gzipSync(`${program}echo more\n`));
    const { binaries, published, root } = vendor();
    await expect(binaries.ensure(fakeAgent([packed]), null, never)).rejects.toMatchObject({
      code: 'bootstrap-integrity',
    });
    expect(published()).toEqual([]);
    expect(readdirSync(join(root, 'fake'))).toEqual([]);
  });

  test('the next source is asked when one has nothing, and not when its bytes are wrong', async () => {
    mirror.put('/latest', '1.2.3');
    mirror.put('/1.2.3/linux-x64.sha256', sum);
    mirror.put('/1.2.3/fake-linux-x64.gz', gzipSync(program));
    const agent = fakeAgent([npmSource, packed]);
    const { binaries } = vendor();
    await binaries.ensure(agent, null, never);
    const [binary] = await binaries.describe([agent], false);
    expect(binary?.installed[0]).toMatchObject({ source: 'vendor', version: '1.2.3' });

    mirror.npm('@fake/agent', '2.0.0', Buffer.from(''));
    mirror.fail(mirror.npm('@fake/agent-linux', '2.0.0', fakePackage('2.0.0')), { kind: 'corrupt' });
    await expect(binaries.update(agent)).rejects.toMatchObject({ code: 'bootstrap-integrity' });
    expect(await binaries.find(agent, null)).toMatchObject({ version: '1.2.3' });
  });

  test('the user’s order of sources counts', async () => {
    mirror.npm('@fake/agent', '2.0.0', Buffer.from(''));
    mirror.npm('@fake/agent-linux', '2.0.0', fakePackage('2.0.0'));
    mirror.put('/latest', '1.2.3');
    mirror.put('/1.2.3/linux-x64.sha256', sum);
    mirror.put('/1.2.3/fake-linux-x64.gz', gzipSync(program));
    const config = { registry: mirror.url, agents: { fake: { vendor: mirror.url, sources: ['vendor' as const] } } };
    const { binaries } = bench({ config });
    expect(await binaries.ensure(fakeAgent([npmSource, packed]), null, never)).toMatchObject({ version: '1.2.3' });
  });

  test('all sources that failed are named', async () => {
    const failure = await vendor()
      .binaries.ensure(fakeAgent([npmSource, packed]), null, never)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      detail: expect.stringMatching(/npm: find: the answer was 404\nbucket: find: .*404/),
    });
  });
});

describe('the way to the source', () => {
  let secure: Mirror;
  let directory: string;
  let proxy: TestProxy;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'st-'));
    const files = ['-keyout', join(directory, 'key.pem'), '-out', join(directory, 'cert.pem')];
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    await execute('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', ...files, ...subject]);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  beforeEach(async () => {
    const { readFileSync } = await import('node:fs');
    const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
    secure = await openMirror({ key: read('key.pem'), cert: read('cert.pem') });
    proxy = await openProxy();
    for (const one of [mirror, secure]) {
      one.npm('@fake/agent', '1.2.3', Buffer.from(''));
      one.npm('@fake/agent-linux', '1.2.3', fakePackage('1.2.3'));
    }
  });
  afterEach(async () => {
    await secure.close();
    await proxy.close();
  });
  const archive = '/@fake/agent-linux/-/agent-linux-1.2.3.tgz';
  const ca = (): NodeJS.ProcessEnv => ({ PATH: '/usr/bin:/bin', npm_config_cafile: join(directory, 'cert.pem') });

  test('a certificate nobody trusts is refused, and taken when npm’s cafile or NODE_EXTRA_CA_CERTS names it', async () => {
    const refused = bench({ registry: secure.url }).binaries.ensure(fakeAgent(), null, never);
    await expect(refused).rejects.toMatchObject({
      code: 'bootstrap-certificate',
      remedy: expect.stringContaining('cafile'),
    });
    const env = { PATH: '/usr/bin:/bin', NODE_EXTRA_CA_CERTS: join(directory, 'cert.pem') };
    for (const trusting of [ca(), env]) {
      const binary = await bench({ registry: secure.url, env: trusting }).binaries.ensure(fakeAgent(), null, never);
      expect(binary.version).toBe('1.2.3');
    }
  });

  test('a redirect from https to http is refused', async () => {
    secure.fail(archive, { kind: 'redirect', to: `${mirror.url}${archive.slice(1)}` });
    const { binaries } = bench({ registry: secure.url, env: ca() });
    await expect(binaries.ensure(fakeAgent(), null, never)).rejects.toMatchObject({
      code: 'bootstrap-redirect',
      message: expect.stringContaining('from https to http'),
    });
    expect(mirror.count(archive)).toBe(0);
  });

  test('metadata that names an archive elsewhere on http is refused', async () => {
    secure.npm('@fake/agent-linux', '1.2.3', fakePackage('1.2.3'), { tarball: 'http://elsewhere.invalid/x.tgz' });
    const { binaries } = bench({ registry: secure.url, env: ca() });
    await expect(binaries.ensure(fakeAgent(), null, never)).rejects.toMatchObject({ code: 'bootstrap-redirect' });
  });

  test('a mirror that hands on the addresses of the public registry is asked itself', async () => {
    mirror.npm('@fake/agent-linux', '1.2.3', fakePackage('1.2.3'), {
      tarball: `https://registry.npmjs.org${archive}`,
    });
    await bench({ registry: mirror.url }).binaries.ensure(fakeAgent(), null, never);
    expect(mirror.count(archive)).toBe(1);
  });

  test('a token goes to its registry and not along with a redirect', async () => {
    const other = await openMirror();
    other.put(archive, fakePackage('1.2.3'));
    mirror.fail(archive, { kind: 'redirect', to: `${other.url}${archive.slice(1)}` });
    const { host } = new URL(mirror.url);
    const env = { PATH: '/usr/bin:/bin', [`npm_config_//${host}/:_authToken`]: 'canary' };
    await bench({ registry: mirror.url, env }).binaries.ensure(fakeAgent(), null, never);
    expect(mirror.asked.every(({ authorization }) => authorization === 'Bearer canary')).toBe(true);
    expect(other.asked).toEqual([expect.objectContaining({ status: 200, authorization: null })]);
    await other.close();
  });

  test('the proxy of the environment is used, for http and for https', async () => {
    const at = `http://127.0.0.1:${proxy.port}`;
    await bench({ registry: secure.url, env: { ...ca(), HTTPS_PROXY: at } }).binaries.ensure(fakeAgent(), null, never);
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${new URL(secure.url).host}`]));
    proxy.asked.length = 0;
    await bench({ registry: mirror.url, env: { ...ca(), HTTP_PROXY: at } }).binaries.ensure(fakeAgent(), null, never);
    expect(proxy.asked).toHaveLength(3);
  });

  test('NO_PROXY is heeded', async () => {
    const env = { ...ca(), HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: '127.0.0.1' };
    await bench({ registry: secure.url, env }).binaries.ensure(fakeAgent(), null, never);
    expect(proxy.asked).toEqual([]);
  });

  test('a proxy that wants a password says so, and gets the one of its address', async () => {
    const strict = await openProxy('secret');
    const env = (address: string): NodeJS.ProcessEnv => ({ ...ca(), npm_config_https_proxy: address });
    const failure = await bench({ registry: secure.url, env: env(`http://127.0.0.1:${strict.port}`) })
      .binaries.ensure(fakeAgent(), null, never)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'bootstrap-status', remedy: expect.stringContaining('proxy wants') });
    const good = bench({ registry: secure.url, env: env(`http://user:secret@127.0.0.1:${strict.port}`) });
    expect(await good.binaries.ensure(fakeAgent(), null, never)).toMatchObject({ version: '1.2.3' });
    await strict.close();
  });

  test('a proxy that is not there is told without its password', async () => {
    const env = { ...ca(), HTTPS_PROXY: 'http://user:canary@127.0.0.1:1' };
    const { binaries, told } = bench({ registry: secure.url, env });
    const failure = await binaries.ensure(fakeAgent(), null, never).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'bootstrap-network', remedy: expect.stringContaining('proxy') });
    expect(JSON.stringify(told)).not.toContain('canary');
  });
});

test('a full disk is said as such, nothing is put in place, and the next try goes on', async (context) => {
  const disk = mkdtempSync(join(tmpdir(), 'sf-'));
  try {
    await execute('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]);
  } catch {
    rmSync(disk, { recursive: true });
    context.skip('mounting a small file system is not allowed here');
  }
  try {
    chmodSync(disk, 0o700);
    mirror.npm('@fake/agent', '1.2.3', Buffer.from(''));
    const path = mirror.npm('@fake/agent-linux', '1.2.3', fakePackage('1.2.3', 600_000));
    for (const filler of [1_800_000, 1_200_000]) {
      writeFileSync(join(disk, 'filler'), Buffer.alloc(filler));
      const { binaries, published } = bench({ registry: mirror.url, root: disk });
      await expect(binaries.ensure(fakeAgent(), null, never)).rejects.toMatchObject({
        code: 'disk-full',
        message: expect.stringMatching(
          filler === 1_800_000 ? /could not download.*the disk is full/ : /could not unpack.*the disk is full/,
        ),
      });
      expect(published()).toEqual([]);
    }
    rmSync(join(disk, 'filler'));
    const { binaries } = bench({ registry: mirror.url, root: disk });
    expect(await binaries.ensure(fakeAgent(), null, never)).toMatchObject({ version: '1.2.3' });
    const ranges = mirror.asked.filter((known) => known.path === path).map(({ range }) => range !== null);
    expect(ranges).toEqual([false, true, true]);
  } finally {
    await execute('umount', [disk]);
    rmSync(disk, { recursive: true });
  }
});
