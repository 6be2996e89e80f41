import { defineConfig } from 'vitest/config';

/** Tests of pure code. The others start processes, make repositories and read files. */
const pure = [
  'src/agents/**/*.test.ts',
  'src/cli/**/*.test.ts',
  'src/domain/**/*.test.ts',
  'src/protocol/**/*.test.ts',
  'src/terminal/**/*.test.ts',
  'src/tui/**/*.test.ts',
  'test/golden/**/*.test.ts',
];

export default defineConfig({
  test: {
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
    projects: [
      { extends: true, test: { name: 'pure', include: pure } },
      {
        extends: true,
        test: {
          name: 'real',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [...pure, 'test/slow/**', 'test/agents/**', 'node_modules/**'],
        },
      },
    ],
  },
});
