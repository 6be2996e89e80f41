import { defineConfig } from 'vitest/config';

/** The real agents against a scripted model. Run by `npm run test:agents`, which prints the matrix of agent-matrix.ts. */
export default defineConfig({
  test: {
    include: ['test/agents/**/*.test.ts'],
    globalSetup: [
      'test/support/own-temporary.ts',
      'test/support/global-setup.ts',
      'test/support/install-agents.ts',
    ],
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
    // Deadlines of real processes are missed now and then on a machine that does other things too.
    retry: process.env['CI'] ? 1 : 0,
    pool: 'forks',
  },
});
