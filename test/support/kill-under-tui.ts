// The server killed again and again while a user looks: eight programs print numbered lines, the full screen stays up
// and comes back by itself, and afterwards every byte is there once.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { Desk } from './desk.ts';
import { ask } from './program.ts';
import { readEvents } from './read-events.ts';
import { until } from './until.ts';

const programs = 8;
const digits = 9;

export async function killServerUnderTui(kills: number): Promise<void> {
  const desk = new Desk();
  try {
    const stop = join(desk.place, 'stop');
    // 44 kB a second at most, so that all of it is still kept at the end.
    const script = `i=0; until [ -e '${stop}' ]; do seq -f '%0${digits}.0f' $((i*400)) $((i*400+399)); sleep 0.1; i=$((i+1)); done`;
    const sessions = Array.from({ length: programs }, () => desk.startProgram(script));
    const { holder } = desk.pids();
    const user = await desk.sitDown({ cols: 200, rows: 50 });
    await user.sees('┌ 8 ');
    for (let round = 0; round < kills; round += 1) {
      const server = serverPid(desk);
      const shown = user.text();
      await wait((round * 37) % 300);
      process.kill(server, 'SIGKILL');
      // Nobody but the full screen starts the next one.
      await until(`server ${round + 2} answers`, () => answers(desk, server), 30_000);
      await user.until(
        (screen) => !screen.includes('agents keep running') && screen !== shown,
        'the panes go on',
        30_000,
      );
      expect(user.exit).toBeNull();
    }
    writeFileSync(stop, '');
    await user.until((screen) => screen.split('■ exited').length > programs, 'the end of all programs', 30_000);
    const { holder: last } = desk.pids();
    expect(last).toBe(holder);
    for (const { id, pid } of sessions) {
      const { text } = await ask(desk.paths.serverSocket, 'GET', `/v1/sessions/${id}`);
      expect(JSON.parse(text).session.run.pid ?? pid).toBe(pid);
      const output = await readEvents(
        desk.paths.serverSocket,
        `/v1/sessions/${id}/output?from=0`,
        Number.POSITIVE_INFINITY,
      );
      checkNumbered(output.data);
    }
  } finally {
    await desk.clear();
  }
}

function serverPid(desk: Desk): number {
  return (JSON.parse(readFileSync(desk.paths.serverLock, 'utf8')) as { pid: number }).pid;
}

async function answers(desk: Desk, before: number): Promise<boolean> {
  try {
    const { text } = await ask(desk.paths.serverSocket, 'GET', '/v1/hello');
    return (JSON.parse(text) as { pid: number }).pid !== before;
  } catch {
    // Not listening yet.
    return false;
  }
}

/** Every line from the first on, none twice, as programs wrote them. */
function checkNumbered(data: string[]): void {
  let next = 0;
  const pieces: Buffer[] = [];
  for (const text of data) {
    const piece = JSON.parse(text) as { offset?: number; base64?: string };
    if (piece.base64 === undefined) continue;
    expect(piece.offset).toBe(next);
    const bytes = Buffer.from(piece.base64, 'base64');
    pieces.push(bytes);
    next += bytes.length;
  }
  const lines = next / (digits + 2);
  expect(lines % 400).toBe(0);
  expect(lines).toBeGreaterThan(1000);
  const expected = Array.from({ length: lines }, (_, line) => `${String(line).padStart(digits, '0')}\r\n`).join('');
  expect(Buffer.concat(pieces).equals(Buffer.from(expected))).toBe(true);
}
