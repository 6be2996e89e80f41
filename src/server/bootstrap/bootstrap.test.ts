import { chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { programText } from '../../../test/support/archive.ts';
import { openBlackHole } from '../../../test/support/black-hole.ts';
import { type Bench, type BenchOptions, fakeAgent, fakePackage, npmSource } from '../../../test/support/bootstrap.ts';
import {
  agent,
  archive,
  bench,
  installerOf,
  mirror,
  mirrorPerTest,
  never,
  publish,
  says,
  sizeOf,
} from '../../../test/support/install.ts';
import type { Distribution } from '../../agents/distribution.ts';
import type { AgentBinary } from '../../domain/binary.ts';
import { AgentId } from '../../domain/ids.ts';

mirrorPerTest();

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
