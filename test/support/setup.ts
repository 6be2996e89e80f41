// Every test file runs with an empty home, its own work directory and an environment built from an allow-list, so that
// no test can read real credentials or reach a running server.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const allowed = [
  'PATH',
  'TMPDIR',
  'CI',
  'VITEST',
  'VITEST_POOL_ID',
  'VITEST_WORKER_ID',
  'VITEST_MODE',
  'NODE_ENV',
  'TEST',
  'UPDATE_GOLDEN',
  'SESAME_TEST_AGENTS',
  'UPDATE_FIXTURES',
  'SESAME_TEST_SCENARIOS',
];

for (const name of Object.keys(process.env)) {
  if (!allowed.includes(name) && !name.startsWith('VITEST')) delete process.env[name];
}

// Short, because socket paths are limited to about 100 bytes.
const home = mkdtempSync(join(tmpdir(), 'sz-'));
Object.assign(process.env, {
  // Servers here live for seconds: compiling ahead would cost more than it saves.
  SESAME_WARM_UP: '0',
  HOME: home,
  SESAME_WORK_DIR: home,
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
  TZ: 'UTC',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.invalid',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.invalid',
});

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});
