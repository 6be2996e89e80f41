import { defineConfig } from 'vitest/config';

/** The longer suites: crashes repeated many times, over SSH too, the outer screen cell by cell, long histories. Run by `npm run test:slow`. */
export default defineConfig({
  test: {
    include: ['test/slow/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 300_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
    // Deadlines of real processes are missed now and then on a machine that does other things too.
    retry: process.env['CI'] ? 1 : 0,
    pool: 'forks',
  },
});
