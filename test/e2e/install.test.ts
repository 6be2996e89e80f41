// A session whose agent is fetched first, over the built program: what others see of it, and what a killed server leaves.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openMirror } from '../../src/client/mirror.ts';
import type { BootstrapProgress } from '../../src/domain/binary.ts';
import type { Session } from '../../src/domain/session.ts';
import { processStart } from '../../src/platform/lock.ts';
import { makeTgz } from '../support/archive.ts';
import { type Mirror, openMirror as openRegistry } from '../support/mirror.ts';
import { openProgram, type Program } from '../support/program.ts';
import { makeRepository } from '../support/sessions.ts';
import { until } from '../support/until.ts';

const version = '2.1.400';
const script = `#!/bin/sh\n[ "$1" = --version ] && echo '${version} (Claude Code)' && exit\necho started; exec cat\n`;
const archive = makeTgz([
  { path: 'package/claude', content: script, mode: 0o755 },
  { path: 'package/ballast', content: Buffer.alloc(400_000, crypto.randomUUID()) },
]);

let registry: Mirror;
let program: Program;
let repo: string;
let archives: string[];

beforeEach(async () => {
  registry = await openRegistry();
  const proxies = { HTTP_PROXY: '', http_proxy: '', NO_PROXY: '*' };
  program = openProgram({ ANTHROPIC_API_KEY: 'sk-test-none', ...proxies });
  mkdirSync(program.paths.root, { mode: 0o700 });
  const install = { registry: registry.url, agents: { claude: { sources: ['npm'] } } };
  writeFileSync(program.paths.config, JSON.stringify({ install }));
  registry.npm('@anthropic-ai/claude-code', version, Buffer.from(''));
  archives = ['linux-x64', 'linux-x64-musl', 'linux-arm64', 'linux-arm64-musl', 'darwin-x64', 'darwin-arm64'].map(
    (target) => registry.npm(`@anthropic-ai/claude-code-${target}`, version, archive),
  );
  repo = await makeRepository();
});
afterEach(async () => {
  await program.end();
  await registry.close();
  rmSync(repo, { recursive: true, force: true });
});

interface Seen {
  progress: BootstrapProgress | null;
  session: Session | undefined;
  end(): void;
}

/** As the screen does: everything it knows is what the mirror tells. */
async function watch(): Promise<Seen> {
  const client = await program.connect();
  const mirror = openMirror(client, Date.now);
  const seen: Seen = {
    progress: null,
    get session() {
      return [...mirror.sessions.values()][0];
    },
    end: () => {
      mirror.close();
      client.close();
    },
  };
  mirror.onChange((event) => {
    if (event?.kind === 'bootstrap.progress') seen.progress = event.progress;
  });
  await until('the mirror is ready', () => mirror.state.kind === 'ready');
  return seen;
}

test('who comes in the middle of a download sees how far it is; it survives a killed server, its installer does not', async () => {
  const half = archive.length >> 1;
  const gate = Promise.withResolvers<void>();
  for (const path of archives) registry.fail(path, { kind: 'stall', after: half }, 1);
  await program.json(['new', 'go', '--agent', 'claude', '--repo', repo]);
  const early = await watch();
  await until('half of it is here', () => early.progress?.doneBytes === half);

  const late = await watch();
  await until('it is told how far it is', () => late.progress?.doneBytes === half);
  expect(late.progress).toMatchObject({ step: 'download', version, totalBytes: archive.length });
  expect(late.session?.phases.at(-1)).toMatchObject({ phase: 'bootstrap', state: 'started' });

  const lock = join(program.paths.agents, 'claude', 'install.lock');
  const installer = (JSON.parse(readFileSync(lock, 'utf8')) as { pid: number }).pid;
  const { server } = await program.json<{ server: number }>(['server', 'pids']);
  for (const path of archives) registry.fail(path, { kind: 'stall', after: 10, until: gate.promise }, 1);
  process.kill(server, 'SIGKILL');
  await until('the installer has ended', async () => (await processStart(installer)) === null);
  await until('the next one goes on', () => registry.asked.some(({ range }) => range === `bytes=${half}-`));
  gate.resolve();
  await until('the agent runs', () => late.session?.run?.pid != null);
  expect(late.session?.phases.at(-1)).toMatchObject({ phase: 'agent' });
  early.end();
  late.end();
});
