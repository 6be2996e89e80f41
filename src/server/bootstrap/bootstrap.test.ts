import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeTgz, programText } from '../../../test/support/archive.ts';
import { openBlackHole } from '../../../test/support/black-hole.ts';
import {
  type Bench,
  type BenchOptions,
  fakeAgent,
  fakePackage,
  npmSource,
  openBench,
  publishedIn,
  unverified,
} from '../../../test/support/bootstrap.ts';
import { type Mirror, openMirror } from '../../../test/support/mirror.ts';
import type { Distribution } from '../../agents/distribution.ts';
import type { AgentBinary } from '../../domain/binary.ts';
import { AgentId } from '../../domain/ids.ts';
import { exec } from '../../platform/exec.ts';
import { processStart } from '../../platform/lock.ts';

const agent = fakeAgent();
const archive = (version: string): string => `/@fake/agent-linux/-/agent-linux-${version}.tgz`;
const never = new AbortController().signal;

let mirror: Mirror;
const benches: Bench[] = [];

function bench(options: BenchOptions = {}): Bench {
  const opened = openBench({ registry: mirror.url, ...options });
  benches.push(opened);
  return opened;
}

function publish(version: string, tgz = fakePackage(version), options = {}): string {
  mirror.npm('@fake/agent', version, Buffer.from('never fetched'));
  return mirror.npm('@fake/agent-linux', version, tgz, options);
}

async function says(argv: readonly string[]): Promise<string> {
  const { stdout } = await exec(argv[0] ?? '', [...argv.slice(1), '--version'], { env: {} });
  return stdout.toString('utf8').trim();
}

beforeEach(async () => {
  mirror = await openMirror();
});

afterEach(async () => {
  for (const opened of benches.splice(0)) await opened.end();
  await mirror.close();
});

describe('a good source', () => {
  test('the newest version is installed into an empty cache, and used without a network from then on', async () => {
    publish('1.2.3');
    const first = bench();
    const binary = await first.binaries.ensure(agent, null, never);
    expect(binary).toMatchObject({ version: '1.2.3', key: expect.stringMatching(/^1\.2\.3-[0-9a-f]{8}$/) });
    expect(await says(binary.argv)).toBe('fake 1.2.3');
    const asked = mirror.asked.length;
    const again = bench({ root: first.root, registry: 'http://127.0.0.1:1/' });
    expect(await again.binaries.ensure(agent, null, never)).toEqual(binary);
    expect(mirror.asked).toHaveLength(asked);
    expect(readdirSync(join(first.root, 'fake')).sort()).toEqual([binary.key, 'selection.json']);
  });

  test('its steps are told in their order, with the host and the bytes', async () => {
    publish('1.2.3', fakePackage('1.2.3', 300_000));
    const { binaries, told } = bench();
    await binaries.ensure(agent, null, never);
    const steps = told.flatMap((event) => (event.kind === 'bootstrap.progress' ? [event.progress.step] : []));
    expect([...new Set(steps)]).toEqual(['find', 'download', 'verify', 'unpack', 'check', 'publish']);
    expect(told).toContainEqual(
      expect.objectContaining({
        progress: expect.objectContaining({ host: new URL(mirror.url).host, version: '1.2.3' }),
      }),
    );
    expect(told.at(-1)).toMatchObject({ kind: 'bootstrap.ready', agent: 'fake', version: '1.2.3' });
    expect(steps.length).toBeLessThan(20);
  });

  test('twenty at once make one download', async () => {
    publish('1.2.3', fakePackage('1.2.3', 200_000));
    const { binaries } = bench();
    const all = await Promise.all(Array.from({ length: 20 }, () => binaries.ensure(agent, null, never)));
    expect(new Set(all.map(({ key }) => key)).size).toBe(1);
    expect(mirror.count(archive('1.2.3'))).toBe(1);
  });

  test('who stops waiting does not take it from the others; when nobody waits it ends and goes on later', async () => {
    const path = publish('1.2.3', fakePackage('1.2.3', 400_000));
    mirror.fail(path, { kind: 'stall', after: 100_000 }, 1);
    const { binaries, root, told } = bench();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = binaries.ensure(agent, null, one.signal);
    const second = binaries.ensure(agent, null, two.signal);
    await expect.poll(() => sizeOf(root), { timeout: 10_000 }).toBe(100_000);
    one.abort(new Error('left'));
    await expect(first).rejects.toThrow('left');
    two.abort(new Error('left too'));
    await expect(second).rejects.toThrow('left too');
    const binary = await binaries.ensure(agent, null, never);
    expect(await says(binary.argv)).toBe('fake 1.2.3');
    expect(mirror.asked.at(-1)).toMatchObject({ path, range: 'bytes=100000-', status: 206 });
    expect(told.some(({ kind }) => kind === 'bootstrap.failed')).toBe(false);
  });
});

describe('an installation that another process is at', () => {
  const waits = (opened: Bench): boolean =>
    opened.told.some((event) => event.kind === 'bootstrap.progress' && event.progress.step === 'wait');

  test('is waited for, and what it brought is used', async () => {
    const path = publish('1.2.3', fakePackage('1.2.3', 400_000));
    const gate = Promise.withResolvers<void>();
    mirror.fail(path, { kind: 'stall', after: 100_000, until: gate.promise }, 1);
    const first = bench();
    const one = first.binaries.ensure(agent, null, never);
    await expect.poll(() => sizeOf(first.root), { timeout: 10_000 }).toBe(100_000);
    const others = [bench({ root: first.root }), bench({ root: first.root })];
    const all = others.map(({ binaries }) => binaries.ensure(agent, null, never));
    await expect.poll(() => others.every(waits), { timeout: 10_000 }).toBe(true);
    gate.resolve();
    expect(await Promise.all(all)).toEqual([await one, await one]);
    expect(mirror.count(path)).toBe(1);
    expect(readdirSync(join(first.root, 'fake')).sort()).toEqual([(await one).key, 'selection.json']);
  });

  test('is taken over when that process is killed, and goes on where it was', async () => {
    const path = publish('1.2.3', fakePackage('1.2.3', 400_000));
    mirror.fail(path, { kind: 'stall', after: 100_000 }, 1);
    const first = bench();
    const one = first.binaries.ensure(agent, null, never).catch((error: unknown) => error);
    await expect.poll(() => sizeOf(first.root), { timeout: 10_000 }).toBe(100_000);
    const second = bench({ root: first.root });
    const two = second.binaries.ensure(agent, null, never);
    await expect.poll(() => waits(second), { timeout: 10_000 }).toBe(true);
    process.kill(installerOf(first.root), 'SIGKILL');
    expect(await one).toMatchObject({
      code: 'bootstrap-process',
      message: 'could not install Fake: the process for it was ended by SIGKILL',
    });
    expect(await says((await two).argv)).toBe('fake 1.2.3');
    expect(mirror.asked.at(-1)).toMatchObject({ path, range: 'bytes=100000-', status: 206 });
  });

  test('need not be waited for: who leaves does not disturb it', async () => {
    const path = publish('1.2.3', fakePackage('1.2.3', 400_000));
    const gate = Promise.withResolvers<void>();
    mirror.fail(path, { kind: 'stall', after: 100_000, until: gate.promise }, 1);
    const first = bench();
    const one = first.binaries.ensure(agent, null, never);
    await expect.poll(() => sizeOf(first.root), { timeout: 10_000 }).toBe(100_000);
    const second = bench({ root: first.root });
    const leave = new AbortController();
    const two = second.binaries.ensure(agent, null, leave.signal);
    await expect.poll(() => waits(second), { timeout: 10_000 }).toBe(true);
    leave.abort(new Error('left'));
    await expect(two).rejects.toThrow('left');
    gate.resolve();
    expect(await says((await one).argv)).toBe('fake 1.2.3');
  });
});

describe('versions', () => {
  test('update, roll back, pin and lift the pin', async () => {
    publish('1.0.0');
    const { binaries } = bench();
    await binaries.install(agent, null);
    publish('2.0.0');
    expect((await binaries.install(agent, null)).current).toMatch(/^1\.0\.0-/);
    const updated = await binaries.update(agent);
    expect(updated.current).toMatch(/^2\.0\.0-/);
    expect(updated.installed.map(({ version }) => version)).toEqual(['2.0.0', '1.0.0']);
    expect((await binaries.rollback(agent)).current).toMatch(/^1\.0\.0-/);
    await binaries.pin(agent, '2.0.0');
    expect(await binaries.find(agent, null)).toMatchObject({ version: '2.0.0' });
    await expect(binaries.update(agent)).rejects.toMatchObject({ code: 'pinned' });
    expect(await binaries.pin(agent, null)).toMatchObject({ pinned: null });
    expect(await binaries.describe([agent], true)).toMatchObject([{ latest: '2.0.0', latestUnknown: null }]);
  });

  test('a version that was asked for is installed', async () => {
    publish('1.0.0');
    publish('2.0.0');
    const { binaries } = bench();
    expect((await binaries.install(agent, '1.0.0')).current).toMatch(/^1\.0\.0-/);
    await expect(binaries.install(agent, '9.9.9')).rejects.toMatchObject({
      code: 'bootstrap-not-offered',
      message: expect.stringContaining('no version 9.9.9'),
    });
  });

  test('a mirror that names an older version as the newest changes nothing', async () => {
    publish('2.0.0');
    const { binaries } = bench();
    await binaries.install(agent, null);
    publish('1.0.0');
    expect((await binaries.update(agent)).current).toMatch(/^2\.0\.0-/);
  });

  test('two are kept, and those that sessions began with', async () => {
    const used = new Set<string>();
    const { binaries, published } = bench({ inUse: () => used });
    for (const version of ['1.0.0', '2.0.0', '3.0.0', '4.0.0']) {
      publish(version);
      const { current } = await binaries.update(agent);
      if (version === '1.0.0' && current !== null) used.add(current);
    }
    expect(published().map((name) => name.slice(0, 5))).toEqual(['1.0.0', '3.0.0', '4.0.0']);
    const [key = ''] = [...used];
    expect(await binaries.ensure(agent, key, never)).toMatchObject({ version: '1.0.0' });
  });

  test('a session whose version was removed gets that version again, and new sessions theirs', async () => {
    publish('1.0.0');
    const { binaries, root } = bench();
    const { key } = await binaries.ensure(agent, null, never);
    publish('2.0.0');
    await binaries.update(agent);
    rmSync(join(root, 'fake', key ?? ''), { recursive: true });
    expect(await binaries.find(agent, key)).toBeNull();
    expect(await binaries.ensure(agent, key, never)).toMatchObject({ version: '1.0.0', key });
    expect(await binaries.find(agent, null)).toMatchObject({ version: '2.0.0' });
  });

  test('a program of the user’s is used instead, and is there or refused', async () => {
    publish('1.0.0');
    const { binaries, root } = bench();
    const own = join(root, 'own');
    await expect(binaries.usePath(agent, own)).rejects.toMatchObject({ code: 'command-not-found' });
    writeFileSync(own, programText('7.7.7'));
    chmodSync(own, 0o755);
    expect(await binaries.usePath(agent, own)).toMatchObject({ kind: 'command', path: own });
    expect(await binaries.find(agent, null)).toMatchObject({ argv: [own], key: null });
    expect(mirror.asked).toEqual([]);
    await binaries.usePath(agent, null);
    expect(await binaries.find(agent, null)).toBeNull();
  });
});

describe('the newest versions', () => {
  const ask = async (options: BenchOptions): Promise<AgentBinary | undefined> => {
    const [binary] = await bench({ askMs: 1000, ...options }).binaries.describe([agent], true);
    return binary;
  };

  test('are told beside what is installed', async () => {
    publish('1.0.0');
    const { binaries, root } = bench();
    await binaries.install(agent, null);
    publish('2.0.0');
    const binary = await ask({ root });
    expect(binary).toMatchObject({ installed: [{ version: '1.0.0' }], latest: '2.0.0', latestUnknown: null });
  });

  test('are unknown without a network, where nothing ever answers, and what is installed is told all the same', async () => {
    publish('1.0.0');
    const { binaries, root } = bench();
    await binaries.install(agent, null);
    const hole = await openBlackHole();
    try {
      const binary = await ask({ root, registry: hole.url });
      expect(binary).toMatchObject({ installed: [{ version: '1.0.0' }], latest: null, latestUnknown: 'no network' });
    } finally {
      hole.close();
    }
  });

  test('are unknown when a server takes the question and never answers, for that agent only', async () => {
    publish('1.0.0');
    mirror.npm('@mute/agent', '1.0.0', Buffer.from(''));
    mirror.fail('/@mute/agent', { kind: 'mute' });
    const mute = {
      ...fakeAgent([{ ...npmSource, kind: 'npm', index: '@mute/agent', builds: {} }]),
      id: AgentId.parse('mute'),
    };
    const found = await bench({ askMs: 2000 }).binaries.describe([mute, agent], true);
    const { host } = new URL(mirror.url);
    expect(found).toMatchObject([
      { agent: 'mute', latest: null, latestUnknown: `${host}: no answer within 1 s` },
      { agent: 'fake', latest: '1.0.0', latestUnknown: null },
    ]);
  });

  test('are asked of the next source when one does not answer', async () => {
    publish('1.0.0');
    mirror.fail('/@fake/agent', { kind: 'mute' });
    mirror.put('/latest', '3.0.0');
    const bucket: Distribution = {
      kind: 'bucket',
      base: mirror.url,
      latest: 'latest',
      file: 'x',
      pack: 'none',
      checksum: { file: 'y', at: null, of: 'file' },
      builds: {},
    };
    const [binary] = await bench({ askMs: 2000 }).binaries.describe([fakeAgent([npmSource, bucket])], true);
    expect(binary).toMatchObject({ latest: '3.0.0', latestUnknown: null });
  });

  test('are unknown when the installer cannot be started', async () => {
    const [binary] = await bench({ installer: ['/no/such/program'] }).binaries.describe([agent], true);
    expect(binary).toMatchObject({ latest: null, latestUnknown: 'nobody answered' });
  });
});

describe('a source that fails', () => {
  const refused = async (code: string, options: BenchOptions = {}): Promise<{ message: string; remedy: string }> => {
    const { binaries, root, told } = bench(options);
    const failure = await binaries.ensure(agent, null, never).then(
      () => expect.fail('it was installed'),
      (error: { code: string; message: string; remedy: string }) => error,
    );
    expect(failure.code).toBe(code);
    expect(publishedIn(root)).toEqual([]);
    expect(told.at(-1)).toMatchObject({ kind: 'bootstrap.failed', failure: { code } });
    expect(await binaries.find(agent, null)).toBeNull();
    return failure;
  };

  test('other bytes than were promised are never kept', async () => {
    const path = publish('1.2.3', fakePackage('1.2.3', 100_000));
    mirror.fail(path, { kind: 'corrupt' });
    const { message } = await refused('bootstrap-integrity');
    expect(message).toContain(`could not verify Fake 1.2.3 from ${new URL(mirror.url).host}: what came is not`);
  });

  test('no checksum, no installation', async () => {
    publish('1.2.3', fakePackage('1.2.3'), { integrity: null });
    await refused('bootstrap-integrity');
    publish('1.2.3', fakePackage('1.2.3'), { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' });
    await refused('bootstrap-integrity');
  });

  test('a download that keeps breaking says what to check, and is tried again only while it moves on', async () => {
    const path = publish('1.2.3', fakePackage('1.2.3', 100_000));
    mirror.fail(path, { kind: 'cut', after: 0 });
    const { message, remedy } = await refused('bootstrap-network');
    expect(message).toContain('could not download Fake 1.2.3 from 127.0.0.1:');
    expect(remedy).toMatch(/network.*firewall.*proxy/);
    expect(mirror.count(path)).toBe(1);
  });

  test('a download that breaks goes on where it stopped', async () => {
    const path = publish('1.2.3', fakePackage('1.2.3', 300_000));
    mirror.fail(path, { kind: 'cut', after: 70_000 }, 2);
    const { binaries } = bench();
    const { argv } = await binaries.ensure(agent, null, never);
    expect(await says(argv)).toBe('fake 1.2.3');
    expect(mirror.asked.filter((known) => known.path === path).map(({ range }) => range)).toEqual([
      null,
      'bytes=70000-',
      'bytes=140000-',
    ]);
  });

  test('a file that changed meanwhile is fetched from its beginning', async () => {
    const path = publish('1.2.3', fakePackage('1.2.3', 300_000));
    mirror.fail(path, { kind: 'cut', after: 70_000 });
    const first = bench();
    await expect(first.binaries.ensure(agent, null, never)).rejects.toMatchObject({ code: 'bootstrap-network' });
    publish('1.2.3', fakePackage('1.2.3', 310_000));
    mirror.fail(path, { kind: 'cut', after: 0 }, 0);
    const { argv } = await first.binaries.ensure(agent, null, never);
    expect(await says(argv)).toBe('fake 1.2.3');
  });

  test('a beginning that went bad on the disk is not in the way for ever', async () => {
    const path = publish('1.2.3', fakePackage('1.2.3', 300_000));
    mirror.fail(path, { kind: 'cut', after: 70_000 });
    const first = bench();
    await expect(first.binaries.ensure(agent, null, never)).rejects.toMatchObject({ code: 'bootstrap-network' });
    mirror.fail(path, { kind: 'cut', after: 0 }, 0);
    const [partial = ''] = readdirSync(join(first.root, 'fake')).filter((name) => name.endsWith('.partial'));
    const bytes = readFileSync(join(first.root, 'fake', partial));
    writeFileSync(join(first.root, 'fake', partial), bytes.fill(0, 1000, 2000));
    expect(await says((await first.binaries.ensure(agent, null, never)).argv)).toBe('fake 1.2.3');
  });

  test('one that trickles or says nothing is given up', async () => {
    const path = publish('1.2.3', fakePackage('1.2.3', 300_000));
    mirror.fail(path, { kind: 'stall', after: 10 });
    await refused('bootstrap-stalled', { stallMs: 300 });
    mirror.fail('/@fake/agent', { kind: 'mute' });
    await refused('bootstrap-stalled', { stallMs: 300 });
  });

  test('an answer that is no package is refused', async () => {
    publish('1.2.3');
    for (const text of ['<html>log in</html>', '{}', '[]']) {
      mirror.put('/@fake/agent', text);
      expect((await refused('bootstrap-reply')).remedy).toContain('proxy');
    }
    mirror.put('/@fake/agent', JSON.stringify({ 'dist-tags': { latest: '../../x' }, versions: {} }));
    await refused('bootstrap-reply');
  });

  test.each([
    [404, 'a mirror may not have it yet'],
    [401, 'token'],
    [503, 'try again later'],
  ])('a status of %i is said with what to do', async (status, words) => {
    const path = publish('1.2.3');
    mirror.fail(path, { kind: 'status', status });
    const { message, remedy } = await refused('bootstrap-status');
    expect(message).toContain(`the answer was ${status}`);
    expect(remedy).toContain(words);
  });

  test('redirects without end are left', async () => {
    const path = publish('1.2.3');
    mirror.fail(path, { kind: 'redirect', to: path });
    await refused('bootstrap-redirect');
  });

  test('a host that cannot be reached is named', async () => {
    const { message } = await refused('bootstrap-network', { registry: 'http://127.0.0.1:1/' });
    expect(message).toContain('127.0.0.1:1');
    expect(message).toContain('the connection was refused');
  });

  test('more than the limits is refused', async () => {
    publish('1.2.3', fakePackage('1.2.3', 300_000));
    const limits = { downloadBytes: 1 << 30, bytes: 1 << 30, files: 100 };
    await refused('bootstrap-too-large', { limits: { ...limits, downloadBytes: 200_000 } });
    await refused('bootstrap-archive', { limits: { ...limits, bytes: 200_000 } });
    await refused('bootstrap-archive', { limits: { ...limits, files: 2 } });
  });

  test('a program that does not start, or says no version, is not put in place', async () => {
    for (const text of ['#!/bin/sh\nexit 3\n', '#!/bin/sh\necho hello\n', '#!/no/such/interpreter\n', '\u0000\u0001']) {
      publish('1.2.3', makeTgz([{ path: 'package/bin/fake', content: text, mode: 0o755 }]));
      const { message } = await refused('bootstrap-check');
      expect(message).toContain('could not start Fake 1.2.3 to try it: it ');
    }
  });

  test('the program is started once with nothing of the user’s around it', async () => {
    const script =
      '#!/bin/sh\n[ -z "$SECRET" ] && [ "$HOME" != "$USER_HOME" ] && echo "fake 1.2.3" && echo x > "$HOME/trace"\n';
    publish('1.2.3', makeTgz([{ path: 'package/bin/fake', content: script, mode: 0o755 }]));
    const { binaries, root } = bench({ env: { PATH: '/usr/bin:/bin', SECRET: 'canary', USER_HOME: '/root' } });
    const { key } = await binaries.ensure(agent, null, never);
    expect(readdirSync(join(root, 'fake')).sort()).toEqual([key, 'selection.json']);
  });

  test('install scripts of a package never run', async () => {
    const marker = join(mkdtempSync(join(tmpdir(), 'sm-')), 'ran');
    const scripts = { preinstall: `touch ${marker}`, install: `touch ${marker}`, postinstall: `touch ${marker}` };
    publish(
      '1.2.3',
      makeTgz([
        { path: 'package/package.json', content: JSON.stringify({ name: 'x', version: '1.2.3', scripts }) },
        { path: 'package/bin/fake', content: programText('1.2.3'), mode: 0o755 },
      ]),
    );
    await bench().binaries.ensure(agent, null, never);
    expect(() => statSync(marker)).toThrow();
    rmSync(join(marker, '..'), { recursive: true });
  });
});

describe('the installer', () => {
  test('that cannot be started is said', async () => {
    const { binaries, told } = bench({ installer: ['/no/such/program'] });
    await expect(binaries.ensure(agent, null, never)).rejects.toMatchObject({
      code: 'bootstrap-process',
      message: expect.stringContaining('could not install Fake: the process for it cannot be started: '),
    });
    expect(told.at(-1)).toMatchObject({ kind: 'bootstrap.failed', failure: { code: 'bootstrap-process' } });
  });

  test('of another build, which does not understand, is said, and what to do', async () => {
    const other = `process.on('message', () => process.send({ kind: 'something new' }))`;
    const { binaries } = bench({ installer: [process.execPath, '-e', other] });
    await expect(binaries.ensure(agent, null, never)).rejects.toMatchObject({
      code: 'bootstrap-version',
      remedy: expect.stringContaining('sesame server stop'),
    });
  });

  test.skipIf(process.platform !== 'linux')('sees nothing of the environment but what Node needs', async () => {
    const path = publish('1.2.3', fakePackage('1.2.3', 400_000));
    mirror.fail(path, { kind: 'stall', after: 100_000 }, 1);
    const env = { PATH: '/usr/bin:/bin', SOME_API_KEY: 'canary', HTTPS_PROXY: 'http://u:canary@127.0.0.1:1' };
    const { binaries, root } = bench({ env });
    const installation = binaries.ensure(agent, null, never).catch((error: unknown) => error);
    await expect.poll(() => sizeOf(root), { timeout: 10_000 }).toBe(100_000);
    const seen =
      readFileSync(`/proc/${installerOf(root)}/environ`, 'utf8') +
      readFileSync(`/proc/${installerOf(root)}/cmdline`, 'utf8');
    expect(seen).toContain('PATH=/usr/bin:/bin');
    expect(seen).not.toContain('canary');
    await binaries.close();
    await installation;
  });
});

describe('a process that is killed', () => {
  test('at any moment leaves nothing unverified in place, and the next one goes on', async () => {
    publish('1.2.3', fakePackage('1.2.3', 3_000_000));
    const root = mkdtempSync(join(tmpdir(), 'sk-'));
    const good = [programText('1.2.3')];
    const start = (): ReturnType<typeof spawn> =>
      spawn(process.execPath, [resolve('test/support/install-once.ts'), root, mirror.url], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
    // Each is killed at another one of the reports it makes, those of the last steps included.
    const finished = [];
    for (let round = 0; round < 14; round++) {
      const child = start();
      let reports = 0;
      let last = '';
      child.stdout?.on('data', (bytes: Buffer) => {
        for (const line of bytes.toString('utf8').split('\n').filter(Boolean)) {
          last = line;
          if (reports++ === round) child.kill('SIGKILL');
        }
      });
      await once(child, 'close');
      expect(unverified(root, good)).toEqual([]);
      if (last.startsWith('done')) finished.push(round);
      else rmSync(join(root, 'fake', 'selection.json'), { force: true });
      if (finished.length > 1) break;
    }
    expect(finished.length).toBeGreaterThan(0);
    expect(publishedIn(root)).toHaveLength(1);
    rmSync(root, { recursive: true });
  }, 60_000);

  test('takes its installer along', async () => {
    const path = publish('1.2.3', fakePackage('1.2.3', 400_000));
    mirror.fail(path, { kind: 'stall', after: 100_000 });
    const root = mkdtempSync(join(tmpdir(), 'sk-'));
    const child = spawn(process.execPath, [resolve('test/support/install-once.ts'), root, mirror.url], {
      stdio: 'ignore',
    });
    await expect.poll(() => sizeOf(root), { timeout: 20_000 }).toBe(100_000);
    const installer = installerOf(root);
    expect(await processStart(installer)).not.toBeNull();
    child.kill('SIGKILL');
    await expect.poll(() => processStart(installer), { timeout: 10_000 }).toBeNull();
    // What it had begun was put away.
    expect(readdirSync(join(root, 'fake')).filter((name) => !name.includes('.partial'))).toEqual([]);
    rmSync(root, { recursive: true });
  });
});

/** Who holds the lock. */
function installerOf(root: string): number {
  return (JSON.parse(readFileSync(join(root, 'fake', 'install.lock'), 'utf8')) as { pid: number }).pid;
}

function sizeOf(root: string): number {
  try {
    const [partial] = readdirSync(join(root, 'fake')).filter((name) => name.endsWith('.partial'));
    return partial === undefined ? 0 : statSync(join(root, 'fake', partial)).size;
  } catch {
    return 0;
  }
}
