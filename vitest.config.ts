import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['test/slow/**', 'test/agents/**', 'node_modules/**'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Much of the time is spent waiting for processes to start and to end.
    maxWorkers: 3,
    // Deadlines of real processes are missed now and then on a machine that does other things too.
    retry: process.env['CI'] ? 1 : 0,
    pool: 'forks',
    // Files share a process, one after the other: loading the program again for each costs a fifth of the time.
    isolate: false,
  },
});
