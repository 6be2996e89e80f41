// For tests: the promise of the whole design. A server may be killed at any moment, and no byte is lost or doubled, no
// program notices, no query is answered twice.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { resolvePaths } from '../../src/platform/paths.ts';
import type { Run, RunSpec } from '../../src/server/runs/runs.ts';
import { createVtEngine } from '../../src/terminal/vt/vt-engine.ts';
import { endTestRuns, makeWorkDirectory, openTestRuns, programSpec, scriptSpec, silent, until } from './runs.ts';

/** Lines of equal length, so that the byte at any offset is known. */
function numbered(number: number, digits: number, batches: number): { spec: RunSpec; digits: number; lines: number } {
  const script = `i=0; while [ $i -lt ${batches} ]; do seq -f '%0${digits}.0f' $((i*1000)) $((i*1000+999)); sleep 0.02; i=$((i+1)); done`;
  return { spec: scriptSpec(number, script), digits, lines: batches * 1000 };
}

/** Asks for the cursor's position again and again, each time elsewhere, and writes down every answer. */
const asker = `
  const fs = require('fs');
  const [file, count] = [process.argv[1], Number(process.argv[2])];
  process.stdin.setRawMode(true);
  let asked = -1;
  const ask = () => {
    asked += 1;
    if (asked === count) process.exit(0);
    process.stdout.write('\\x1b[' + (1 + asked % 24) + ';' + (1 + Math.floor(asked / 24) % 80) + 'H\\x1b[6n');
  };
  process.stdin.on('data', (bytes) => {
    fs.appendFileSync(file, bytes);
    const answers = fs.readFileSync(file, 'latin1').split('R').length - 1;
    if (answers > asked) setTimeout(ask, 5);
  });
  ask();
`;

interface Server {
  child: ChildProcess;
  /** Of the programs, null for one that has ended. */
  pids: Array<number | null>;
}

async function startServer(workDir: string, specs: RunSpec[], mode: 'start' | 'adopt'): Promise<Server> {
  const entry = join(import.meta.dirname, 'runs-server.ts');
  const child = spawn(process.execPath, [entry, workDir, JSON.stringify(specs), mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, pids: JSON.parse(said.toString()) as Array<number | null> };
}

async function kill({ child }: Server): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Reads all that is kept and compares every byte; returns how many there were and where they began. */
async function checkBytes(run: Run, digits: number): Promise<{ start: number; end: number }> {
  const width = digits + 2;
  let start = -1;
  let next = -1;
  for await (const { offset, bytes } of run.output(null, new AbortController().signal)) {
    if (start < 0) [start, next] = [offset, offset];
    expect(offset).toBe(next);
    const first = Math.floor(offset / width);
    const last = Math.floor((offset + bytes.length) / width);
    let text = '';
    for (let line = first; line <= last; line++) text += `${String(line).padStart(digits, '0')}\r\n`;
    const expected = text.slice(offset - first * width, offset - first * width + bytes.length);
    if (Buffer.from(bytes).toString('latin1') !== expected) throw new Error(`wrong bytes at ${offset}`);
    next = offset + bytes.length;
  }
  return { start, end: next };
}

/** Eight programs, a server killed so many times, then every byte, screen, exit and answer compared. */
export async function killServerUnderOutput(kills: number, batches: number): Promise<void> {
  const queries = kills * 20;
  const { workDir } = makeWorkDirectory();
  const answers = join(workDir, 'answers');
  // Six that fit the log whole, one that is rotated many times, one that asks.
  const counted = [1, 2, 3, 4, 5, 6].map((number) => numbered(number, 9, batches)).concat(numbered(7, 120, batches));
  const asking = programSpec(8, [process.execPath, '-e', asker, answers, String(queries)]);
  const specs = [...counted.map(({ spec }) => spec), asking];

  let server = await startServer(workDir, specs, 'start');
  const { pids } = server;
  for (let i = 0; i < kills; i++) {
    // Any moment will do; these are spread over what a server does in its first half second.
    await wait((i * 37) % 400);
    await kill(server);
    server = await startServer(workDir, specs, 'adopt');
    expect(server.pids).toEqual(pids.map((pid, at) => (server.pids[at] === null ? null : pid)));
  }
  await kill(server);

  const open = await openTestRuns(resolvePaths({ SESAME_WORK_DIR: workDir }));
  try {
    await open.runs.adopt(specs);
    for (const { spec } of [...counted, { spec: asking }]) {
      const run = open.runs.get(spec.session);
      if (run === null) throw new Error(`${spec.id} is not there`);
      await until(`${spec.id} ends`, () => run.exit !== null, 60_000);
      expect(run.exit).toEqual({ code: 0, signal: null });
    }
    for (const { spec, digits, lines } of counted) {
      const run = open.runs.get(spec.session);
      if (run === null) throw new Error(`${spec.id} is not there`);
      const { end } = await checkBytes(run, digits);
      expect(end).toBe(lines * (digits + 2));
      // How many segments are kept is not asked: a server killed while it began one leaves one more until the next.
      const plain = createVtEngine({ cols: 80, rows: 24, scrollback: 100, listener: silent });
      for (let line = lines - 60; line < lines; line++) {
        plain.feed(Buffer.from(`${String(line).padStart(digits, '0')}\r\n`));
      }
      expect(run.engine.screenText()).toEqual(plain.screenText());
    }
    const expected = Array.from(
      { length: queries },
      (_, i) => `\u001b[${1 + (i % 24)};${1 + (Math.floor(i / 24) % 80)}R`,
    );
    expect(existsSync(answers)).toBe(true);
    expect(readFileSync(answers, 'latin1')).toBe(expected.join(''));
  } finally {
    await endTestRuns(open);
  }
}
