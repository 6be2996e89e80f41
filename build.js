// Bundles the program into dist/: one entry per process, shared code in chunks, so that each loads only what it needs.
// Files are replaced one by one and old ones stay for a day, because the program may be running from them.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const entries = {
  cli: 'src/cli/main.ts',
  holder: 'src/holder/main.ts',
  server: 'src/server/main.ts',
  'demo-agent': 'src/demo-agent/main.ts',
  installer: 'src/server/installer/main.ts',
};
const outdir = 'dist';
const keptMs = 24 * 3600 * 1000;

/** commander loads node:child_process, 10 ms of every command, for a feature we do not use. */
const lazyChildProcess = {
  name: 'lazy-child-process',
  setup(bundle) {
    bundle.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('/node_modules/commander/') ? { path: 'child_process', namespace: 'lazy' } : undefined,
    );
    bundle.onLoad({ filter: /.*/, namespace: 'lazy' }, () => ({
      contents: "export default { spawn: (...all) => process.getBuiltinModule('node:child_process').spawn(...all) };",
    }));
  },
};

const { outputFiles } = await build({
  entryPoints: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file))),
  outdir,
  write: false,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  splitting: true,
  minifySyntax: true,
  sourcemap: 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [lazyChildProcess],
  // neo-blessed requires its widgets by computed names; node-pty carries a native file.
  external: ['neo-blessed', '@lydell/node-pty'],
  // CommonJS packages inside the bundle call require for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});

mkdirSync(outdir, { recursive: true });
for (const { path, contents } of outputFiles) {
  if (existsSync(path) && readFileSync(path).equals(contents)) continue;
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, contents);
  renameSync(partial, path);
}
const current = new Set(outputFiles.map(({ path }) => basename(path)));
for (const name of readdirSync(outdir)) {
  const path = join(outdir, name);
  if (!current.has(name) && Date.now() - statSync(path).mtimeMs > keptMs) rmSync(path);
}
