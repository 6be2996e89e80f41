import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FrameServer, openFrameServer } from '../../../test/support/frames.ts';
import {
  endTestRuns,
  openTestRuns,
  programSpec,
  scriptSpec,
  type TestRuns,
  until,
} from '../../../test/support/runs.ts';
import { RunId } from '../../domain/ids.ts';
import { FrameCredit, PaneVisibility, StreamReply } from '../../protocol/stream.ts';

let open: TestRuns;
let server: FrameServer;

beforeEach(async () => {
  open = await openTestRuns();
  server = await openFrameServer(open.runs, open.paths.workDir);
});

afterEach(async () => {
  await server.close();
  await endTestRuns(open);
});

test('what is typed into a pane comes back as cells', async () => {
  const run = await open.runs.start(programSpec(1, ['/bin/cat']));
  const client = await server.connect();
  client.subscribe(7, 'test1');
  client.type(7, 'héllo 世界\r');
  await until('it is shown', () => client.text(7).includes('héllo 世界\nhéllo 世界'));
  await until('it is equal', () => client.equals(7, run.engine));
});

test('a reader that does not acknowledge gets two frames, and later one with the newest state', async () => {
  const run = await open.runs.start(scriptSpec(1, 'read go; seq 1 200000; read forever'));
  const client = await server.connect();
  client.acknowledges = false;
  client.subscribe(1, 'test1');
  await until('the first frame', () => client.framesOf(1) === 1);
  client.type(1, 'go\r');
  await until('the flood is over', () => run.engine.screenText().includes('200000'));
  expect(client.framesOf(1)).toBeLessThanOrEqual(FrameCredit);
  expect(client.equals(1, run.engine)).toBe(false);
  client.acknowledges = true;
  client.acknowledge(1);
  await until('it is equal', () => client.equals(1, run.engine));
  expect(client.framesOf(1)).toBeLessThanOrEqual(FrameCredit + 2);
});

test('a reader that stops reading misses frames, and has the right screen in the end', async () => {
  const script =
    'read go; awk \'BEGIN{for(i=0;i<20000;i++)printf "\\033[%d;1H\\033[48;2;%d;%d;7m%070d",i%24+1,i%256,i%199,i}\'; echo; echo over; read x';
  const run = await open.runs.start(scriptSpec(1, script));
  const client = await server.connect();
  client.subscribe(1, 'test1');
  await until('the first frame', () => client.framesOf(1) === 1);
  client.type(1, 'go\r');
  client.socket.pause();
  await until('the flood is over', () => run.engine.screenText().join('\n').includes('over'));
  client.socket.resume();
  await until('it is equal', () => client.equals(1, run.engine));
  expect(client.framesOf(1)).toBeLessThan(20);
});

test('a hidden pane gets nothing, and its screen when it is shown', async () => {
  const run = await open.runs.start(scriptSpec(1, 'echo unseen; read forever'));
  const client = await server.connect();
  client.subscribe(1, 'test1', PaneVisibility.hidden);
  await until('it is on the screen', () => run.engine.screenText()[0] === 'unseen');
  client.subscribe(2, 'test1');
  await until('the other pane has it', () => client.text(2).includes('unseen'));
  expect(client.framesOf(1)).toBe(0);
  client.show(1, PaneVisibility.full);
  await until('it is shown', () => client.equals(1, run.engine));
});

test('a pane follows its session into the next run, and keeps the last screen of one that ended', async () => {
  const client = await server.connect();
  client.subscribe(1, 'test1');
  const first = scriptSpec(1, 'echo setup');
  const run = await open.runs.start(first);
  await until('it is shown', () => client.text(1).includes('setup'));
  await until('its end is told', () => client.told.some(({ type }) => type === StreamReply.ended));
  expect(client.told).toEqual([{ type: StreamReply.ended, channel: 1, value: { code: 0, exitSignal: null } }]);
  expect(client.equals(1, run.engine)).toBe(true);
  const second = await open.runs.start({ ...scriptSpec(1, 'echo agent; read x'), id: RunId.parse('test1-2') });
  await until('the next is shown', () => client.text(1).includes('agent'));
  expect(client.text(1)).not.toContain('setup');
  expect(client.equals(1, second.engine)).toBe(true);
  expect(client.resets.get(1)).toBe(2);
});

test('the pane has the size of the client that typed last', async () => {
  const run = await open.runs.start(programSpec(1, ['/bin/cat']));
  const [one, two] = [await server.connect(), await server.connect()];
  one.subscribe(1, 'test1', PaneVisibility.full, 100, 30);
  await until('the first has it', () => run.engine.cols === 100);
  two.subscribe(1, 'test1', PaneVisibility.full, 60, 20);
  await until('the second has it', () => run.engine.cols === 60);
  one.resize(1, 90, 30);
  one.type(1, 'x');
  await until('the first has it again', () => run.engine.cols === 90);
  await until('both see it', () => one.equals(1, run.engine) && two.equals(1, run.engine));
});

test('history comes in pages', async () => {
  await open.runs.start(scriptSpec(1, 'seq 1 100; read forever'));
  const client = await server.connect();
  client.subscribe(1, 'test1');
  await until('it is shown', () => client.text(1).includes('100'));
  client.askHistory(1, 5, 10, 3);
  await until('the page came', () => client.pages.has(5));
  expect(client.pages.get(5)).toEqual(['11', '12', '13']);
});

test('malformed input closes that connection only', async () => {
  await open.runs.start(programSpec(1, ['/bin/cat']));
  const [bad, good] = [await server.connect(), await server.connect()];
  good.subscribe(1, 'test1');
  bad.socket.write(Buffer.from('ffffffff00', 'hex'));
  await until('it is closed', () => bad.isClosed);
  const worse = await server.connect();
  worse.socket.write(Buffer.from('0a00000001010000007b7b7b7b7b', 'hex'));
  await until('it is closed', () => worse.isClosed);
  good.type(1, 'still here');
  await until('the other goes on', () => good.text(1).includes('still here'));
});

test('a client that asks on and on and reads nothing is cut off', async () => {
  const client = await server.connect();
  client.socket.pause();
  const ask = (): void => {
    for (let i = 0; i < 5000; i++) client.subscribe(3, `No Such Session ${'x'.repeat(150)}`);
  };
  let closed = false;
  // A paused socket does not tell that the other end is gone; writing into it does.
  client.socket.once('error', () => {
    closed = true;
  });
  await until('it is cut off', () => {
    if (!closed && client.socket.writableLength < 1 << 20) ask();
    return closed;
  });
});

test('an unknown session closes its channel with a reason', async () => {
  const client = await server.connect();
  client.subscribe(3, 'No Such Session');
  await until('it is refused', () => client.told.length > 0);
  expect(client.told[0]).toMatchObject({ type: StreamReply.failed, channel: 3 });
});

test('input into a pane whose program has ended is refused in words', async () => {
  const run = await open.runs.start(programSpec(1, ['/bin/true']));
  await until('it ended', () => run.exit !== null);
  const client = await server.connect();
  client.subscribe(1, 'test1');
  client.type(1, 'x');
  await until('it is refused', () => client.told.some(({ type }) => type === StreamReply.refused));
});
