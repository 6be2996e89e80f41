import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HolderRig, holderCommand, program, Recorder, start } from '../../../test/support/holder.ts';
import { HolderReply } from '../../protocol/holder.ts';
import { encodeJsonFrame } from '../../protocol/holder-codec.ts';

let rig: HolderRig;

beforeEach(() => {
  rig = new HolderRig();
});

afterEach(() => rig.close());

test('a holder is started when there is none, and found again afterwards', async () => {
  const first = await rig.connect();
  expect(await first.link.list()).toEqual([]);
  first.link.close();
  const second = await rig.connect();
  expect(second.link.pid).toBe(first.link.pid);
  expect(first.told.lostReason).toBeUndefined();
});

test('of holders started at once exactly one stays, and everybody gets it', async () => {
  const links = await Promise.all([rig.connect(), rig.connect(), rig.connect()]);
  expect(new Set(links.map(({ link }) => link.pid)).size).toBe(1);
});

test('a holder that was killed leaves nothing in the way', async () => {
  const first = await rig.connect();
  process.kill(first.link.pid, 'SIGKILL');
  await first.told.until('the loss', () => first.told.lostReason !== undefined);
  await expect(first.link.list()).rejects.toMatchObject({ code: 'holder-lost' });
  await expect(first.link.spawn(program('true'))).rejects.toMatchObject({ code: 'holder-lost' });
  const second = await rig.connect();
  expect(second.link.pid).not.toBe(first.link.pid);
});

test('a holder that cannot start is reported with the end of its log', async () => {
  const command = [process.execPath, '-e', 'console.error("no more \\u001b[31mluck"); process.exit(3)'];
  await expect(rig.connect(command)).rejects.toMatchObject({ code: 'holder-failed', detail: 'no more [31mluck' });
  await expect(rig.connect(['/nonexistent/holder'])).rejects.toMatchObject({ code: 'holder-failed' });
});

test.each([
  { version: 0, age: 'an older' },
  { version: 9, age: 'a newer' },
])('a holder of version $version keeps its sessions and is named', async ({ version, age }) => {
  mkdirSync(rig.paths.run, { recursive: true });
  const other = createServer((socket) => {
    socket.resume().end(encodeJsonFrame(HolderReply.hello, 0, { version, pid: 4711 }));
  });
  await new Promise<void>((resolve) => other.listen(rig.paths.holderSocket, resolve));
  const failure = await rig.connect().catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'holder-version' });
  expect(String(failure)).toContain(`(process 4711) is from ${age} sesame`);
  await new Promise((resolve) => other.close(resolve));
});

test('nobody else can reach the socket', async () => {
  mkdirSync(rig.paths.run, { recursive: true });
  chmodSync(rig.paths.run, 0o755);
  await rig.connect();
  expect(statSync(rig.paths.run).mode & 0o777).toBe(0o700);
  expect(statSync(rig.paths.holderSocket).mode & 0o077).toBe(0);
});

test('a file left where the socket belongs is replaced', async () => {
  mkdirSync(rig.paths.run, { recursive: true });
  writeFileSync(rig.paths.holderSocket, '');
  const { link } = await rig.connect();
  expect(await link.list()).toEqual([]);
});

test('when the system has no terminal left, starting fails with a reason and the others go on', async () => {
  const few = ['/bin/sh', '-c', 'ulimit -n 60; exec "$@"', 'sh', ...holderCommand];
  const holder = await rig.connect(few);
  const started: number[] = [];
  const failure = await (async () => {
    while (started.length < 60) started.push((await start(holder, program('cat'))).pty);
    return null;
  })().catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'no-terminal' });
  const [first = 0] = started;
  holder.link.write(first, Buffer.from('alive\n'));
  await holder.told.until('the echo', () => holder.told.text(first).includes('alive\r\nalive'));
  holder.link.signal(first, 'SIGKILL');
  await holder.told.exit(first);
  holder.link.collect(first);
  await start(holder, program('cat'));
});

test('shutdown ends the programs and the holder', async () => {
  const holder = await rig.connect();
  const { pid } = await start(holder, program('sleep', '60'));
  await holder.link.shutdown();
  expect(() => process.kill(pid, 0)).toThrow();
  expect(holder.told.lostReason).toBeUndefined();
});

test('a newer server takes over from an older one', async () => {
  const older = await rig.connect();
  const { pty } = await start(older, program('cat'));
  const newer = await rig.connect(holderCommand, new Recorder());
  await older.told.until('being replaced', () => older.told.lostReason !== undefined);
  newer.link.ack(pty, 0, 1 << 16);
  newer.link.write(pty, Buffer.from('x\n'));
  await newer.told.until('the echo', () => newer.told.text(pty) === 'x\r\nx\r\n');
});
