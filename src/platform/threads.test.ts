import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

test.runIf(process.platform === 'linux')(
  'threads of the engine give way, those of the program and its children do not',
  async () => {
    const module = new URL('threads.ts', import.meta.url).href;
    const script = `
    const { yieldEngineThreads } = await import(${JSON.stringify(module)});
    const { readdirSync, readFileSync } = await import('node:fs');
    const { execFileSync } = await import('node:child_process');
    yieldEngineThreads();
    const threads = readdirSync('/proc/self/task').map((thread) => ({
      name: readFileSync('/proc/self/task/' + thread + '/comm', 'utf8').trim(),
      // The nineteenth field; the name before it may hold anything.
      nice: Number(readFileSync('/proc/self/task/' + thread + '/stat', 'utf8').split(') ')[1].split(' ')[16]),
      isMain: Number(thread) === process.pid,
    }));
    const child = Number(execFileSync('nice', { encoding: 'utf8' }));
    console.log(JSON.stringify({ threads, child }));
  `;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
    const { threads, child } = JSON.parse(stdout) as {
      threads: Array<{ name: string; nice: number; isMain: boolean }>;
      child: number;
    };
    const own = Number((await run('nice')).stdout);
    const engine = threads.filter(({ name }) => name === 'V8Worker');
    expect(engine.length).toBeGreaterThan(0);
    expect(engine.map(({ nice }) => nice)).toEqual(engine.map(() => 10));
    expect(threads.find(({ isMain }) => isMain)?.nice).toBe(own);
    expect(child).toBe(own);
  },
);
