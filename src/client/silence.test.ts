import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { type Silence, watchSilence } from './silence.ts';

const graceMs = 20;
const patienceMs = 40;
const longMs = 300;

const open: Silence[] = [];
afterEach(() => {
  for (const silence of open.splice(0)) silence.close();
});

interface Server {
  silence: Silence;
  said: string[];
  asked: number;
  heardAt: number;
  answer(): void;
  die(): void;
}

/** A server that answers when it is told to. */
function watchServer(): Server {
  let waiting = Promise.withResolvers<void>();
  const server: Server = {
    silence: watchSilence({
      heardAt: () => server.heardAt,
      ask: () => {
        server.asked += 1;
        waiting = Promise.withResolvers<void>();
        return waiting.promise;
      },
      silent: () => server.said.push('silent'),
      answered: () => server.said.push('answered'),
      graceMs,
      patienceMs,
    }),
    said: [],
    asked: 0,
    heardAt: Number.NEGATIVE_INFINITY,
    answer: () => waiting.resolve(),
    die: () => waiting.reject(new Error('gone')),
  };
  open.push(server.silence);
  return server;
}

test('one that does not answer is silent until it does', async () => {
  const server = watchServer();
  server.silence.check(1000);
  await expect.poll(() => server.said).toEqual(['silent']);
  server.silence.check(1000);
  await pause(longMs);
  expect(server.asked).toBe(1);
  server.answer();
  await expect.poll(() => server.said).toEqual(['silent', 'answered']);
});

test('one that answers in time is never called silent', async () => {
  const server = watchServer();
  server.silence.check(1000);
  await expect.poll(() => server.asked).toBe(1);
  server.answer();
  await pause(longMs);
  expect(server.said).toEqual(['answered']);
});

test('one that was heard lately is not asked, and neither is one that says something meanwhile', async () => {
  const server = watchServer();
  server.heardAt = performance.now();
  server.silence.check(10_000);
  await pause(longMs);
  expect(server.asked).toBe(0);
  server.silence.check(0);
  server.heardAt = performance.now() + 1;
  await pause(longMs);
  expect(server.asked).toBe(0);
  server.silence.check(0);
  await expect.poll(() => server.asked).toBe(1);
});

test('one that dies instead of answering is left to who follows its events, and can be asked again', async () => {
  const server = watchServer();
  server.silence.check(1000);
  await expect.poll(() => server.said).toEqual(['silent']);
  server.die();
  await pause(longMs);
  expect(server.said).toEqual(['silent']);
  server.silence.check(1000);
  await expect.poll(() => server.asked).toBe(2);
});

test('nothing is told after it was closed', async () => {
  const server = watchServer();
  server.silence.check(1000);
  await expect.poll(() => server.asked).toBe(1);
  server.silence.close();
  server.answer();
  await pause(longMs);
  expect(server.said).toEqual([]);
});
