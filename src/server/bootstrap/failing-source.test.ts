import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeTgz, programText } from '../../../test/support/archive.ts';
import { type BenchOptions, fakePackage, publishedIn } from '../../../test/support/bootstrap.ts';
import { agent, bench, mirror, mirrorPerTest, never, publish, says } from '../../../test/support/install.ts';

mirrorPerTest();

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
