// The API with nothing but HTTP on the socket, as curl would use it.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openProgram, type Program, startProgram } from '../support/program.ts';
import { readEvents } from '../support/read-events.ts';
import { until } from '../support/until.ts';

let program: Program;
beforeAll(async () => {
  program = openProgram();
  await program.sesame(['server', 'start']);
});
afterAll(() => program.end());

test.each([
  ['GET', '/v1/nothing', undefined, 404, 'no-such-route'],
  ['DELETE', '/v1/hello', undefined, 405, 'method-not-allowed'],
  ['POST', '/v1/sessions', '{"prompt": ', 400, 'bad-json'],
  ['POST', '/v1/sessions', '{"prompt": 1}', 400, 'bad-request'],
  ['POST', '/v1/sessions', '['.repeat(100_000) + ']'.repeat(100_000), 400, 'bad-request'],
  ['POST', '/v1/sessions', JSON.stringify({ prompt: 'x'.repeat(9 << 20) }), 413, 'body-too-large'],
  ['GET', '/v1/sessions/zzzz', undefined, 404, 'no-such-session'],
  ['GET', '/v1/events?after=yesterday', undefined, 400, 'bad-request'],
])('%s %s is answered with a sentence', async (method, path, body, status, code) => {
  const reply = await program.fetch(method, path, body);
  expect(reply.status).toBe(status);
  const { error } = JSON.parse(reply.text) as { error: Record<string, string> };
  expect(error).toMatchObject({ code, message: expect.stringMatching(/\S/), remedy: expect.stringMatching(/\S/) });
});

test('what is not HTTP closes that connection and nothing else', async () => {
  const socket = connect(program.paths.serverSocket);
  socket.end('\x00\x01\x02 gibberish\r\n\r\n');
  let answer = '';
  for await (const piece of socket) answer += piece;
  expect(answer).toContain('400 Bad Request');
  expect((await program.fetch('GET', '/v1/hello')).status).toBe(200);
});

test('a reply ends the connection, also for who waits for the end instead of counting', async () => {
  const readToEnd = async (path: string): Promise<string> => {
    const socket = connect({ path: program.paths.serverSocket, allowHalfOpen: true });
    socket.write(`GET ${path} HTTP/1.1\r\nhost: sesame\r\n\r\n`);
    let text = '';
    for await (const piece of socket) text += piece;
    socket.destroy();
    return text;
  };
  for (const path of ['/v1/hello', '/v1/sessions', '/v1/nothing']) {
    expect(await readToEnd(path)).toMatch(/connection: close[\s\S]*\}/i);
  }
});

test('events resume after the last one read, without gap or double', async () => {
  const { id } = await startProgram(program, 'exec cat');
  const rename = (title: string): Promise<unknown> =>
    program.fetch('PATCH', `/v1/sessions/${id}`, JSON.stringify({ title }));
  for (let i = 0; i < 20; i += 1) await rename(`before ${i}`);
  const first = await readEvents(program.paths.serverSocket, '/v1/events?after=0', 5);
  // Connected before the rest happens: the stored part and the live part meet in this stream.
  const following = readEvents(program.paths.serverSocket, '/v1/events', 36, {
    'last-event-id': String(first.ids.at(-1)),
  });
  for (let i = 0; i < 20; i += 1) await rename(`live ${i}`);
  const rest = await following;
  const all = await readEvents(program.paths.serverSocket, '/v1/events?after=0', first.ids.length + rest.ids.length);
  expect([...first.ids, ...rest.ids]).toEqual(all.ids);
  expect(new Set(all.ids).size).toBe(all.ids.length);
});

test('terminal output comes as server-sent events and ends with the program', async () => {
  const { id } = await startProgram(program, 'printf "one\\n"; read line; printf "two %s\\n" "$line"');
  const output = readEvents(program.paths.serverSocket, `/v1/sessions/${id}/output?from=0`, Number.POSITIVE_INFINITY);
  await program.fetch(
    'POST',
    `/v1/sessions/${id}/input`,
    JSON.stringify({ base64: Buffer.from('yes\r').toString('base64') }),
  );
  const bytes = (await output).data.flatMap((data) => {
    const { base64 } = JSON.parse(data) as { base64?: string };
    return base64 === undefined ? [] : [Buffer.from(base64, 'base64')];
  });
  // Where the echo of the input stands depends on who was faster.
  expect(Buffer.concat(bytes).toString().replace('yes\r\n', '')).toBe('one\r\ntwo yes\r\n');
});

test('an idle server has no timer', async () => {
  const { pid } = JSON.parse((await program.fetch('GET', '/v1/hello')).text) as { pid: number };
  const wakeups = (): number =>
    Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  // Two equal readings a second apart within the deadline: whatever followed the start has settled.
  let last = wakeups();
  await until('a quiet second', async () => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const now = wakeups();
    const quiet = now === last;
    last = now;
    return quiet;
  });
});
