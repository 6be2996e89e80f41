// What the tests of installing share: a mirror per test, caches that are gone afterwards, one agent.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { exec } from '../../src/platform/exec.ts';
import { type Bench, type BenchOptions, fakeAgent, fakePackage, openBench } from './bootstrap.ts';
import { type Mirror, openMirror } from './mirror.ts';

export const agent = fakeAgent();
export const never = new AbortController().signal;

/** The one of the running test. */
export let mirror: Mirror;
const benches: Bench[] = [];

/** Call it once per file: opens a mirror for each test, and ends it and all benches afterwards. */
export function mirrorPerTest(): void {
  beforeEach(async () => {
    mirror = await openMirror();
  });
  afterEach(async () => {
    for (const opened of benches.splice(0)) await opened.end();
    await mirror.close();
  });
}

export function archive(version: string): string {
  return `/@fake/agent-linux/-/agent-linux-${version}.tgz`;
}

export function bench(options: BenchOptions = {}): Bench {
  const opened = openBench({ registry: mirror.url, ...options });
  benches.push(opened);
  return opened;
}

/** Puts a version on the mirror and returns the path of its archive. */
export function publish(version: string, tgz = fakePackage(version), options = {}): string {
  mirror.npm('@fake/agent', version, Buffer.from('never fetched'));
  return mirror.npm('@fake/agent-linux', version, tgz, options);
}

/** What the program answers when it is asked for its version. */
export async function says(argv: readonly string[]): Promise<string> {
  const { stdout } = await exec(argv[0] ?? '', [...argv.slice(1), '--version'], { env: {} });
  return stdout.toString('utf8').trim();
}

/** The process that holds the lock. */
export function installerOf(root: string): number {
  return (JSON.parse(readFileSync(join(root, 'fake', 'install.lock'), 'utf8')) as { pid: number }).pid;
}

/** Bytes of the download that is under way. */
export function sizeOf(root: string): number {
  try {
    const [partial] = readdirSync(join(root, 'fake')).filter((name) => name.endsWith('.partial'));
    return partial === undefined ? 0 : statSync(join(root, 'fake', partial)).size;
  } catch {
    return 0;
  }
}
