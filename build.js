// Bundles the program into dist/: one entry per process, shared code in chunks, so that each loads only what it needs.
import { existsSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const entries = {
  cli: 'src/cli/main.ts',
  holder: 'src/holder/main.ts',
  server: 'src/server/main.ts',
  'demo-agent': 'src/demo-agent/main.ts',
};

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file))),
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  splitting: true,
  minifySyntax: true,
  sourcemap: 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  // neo-blessed requires its widgets by computed names; node-pty carries a native file.
  external: ['neo-blessed', '@lydell/node-pty'],
  // CommonJS packages inside the bundle call require for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
