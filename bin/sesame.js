#!/usr/bin/env node
// Starts the built program on Node 24 or newer. Written so that an old Node can read it: no top-level await, no import
// statement of anything but Node's own.
import { existsSync, realpathSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { constants, homedir } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';

const needed = 24;
const root = fileURLToPath(new URL('..', import.meta.url));
const program = `${root}dist/cli.js`;

if (!existsSync(program)) {
  fail(`the program has not been built: ${program} does not exist`, 'run `npm run build` in its directory');
} else if (Number(process.versions.node.split('.')[0]) >= needed) {
  useCompileCache();
  import(pathToFileURL(program).href).catch((error) => {
    process.stderr.write(`${error?.stack}\n`);
    process.exitCode = 1;
  });
} else {
  runOnOwnNode();
}

/** Compiled code is kept in our own directory: a cache in /tmp could be another user's. Without one Node just compiles. */
function useCompileCache() {
  const workDir = process.env.SESAME_WORK_DIR || homedir();
  // The program refuses a relative one; nothing may be made in the user's directory before that.
  if (!workDir.startsWith('/')) return;
  const umask = process.umask(0o077);
  nodeModule.enableCompileCache(`${workDir}/.sesame/cache`);
  process.umask(umask);
}

/** The repository carries Node 24 for development; with it the program runs whatever the machine has. */
async function runOnOwnNode() {
  const own = `${root}node_modules/node/bin/node`;
  if (!existsSync(own)) {
    fail(
      `Node ${needed} or newer is needed, this is ${process.versions.node}`,
      'install Node 24 from https://nodejs.org',
    );
    return;
  }
  // Loaded here: it costs 10 ms, and a Node that is new enough needs none of it.
  const { spawn } = await import('node:child_process');
  const child = spawn(realpathSync(own), [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  // What the terminal sends (ctrl+c, hang-up) reaches the child by itself, as it is in the same process group; what is
  // sent to this process alone is passed on.
  for (const signal of ['SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGCONT']) process.on(signal, () => child.kill(signal));
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => undefined);
  child.on('error', (error) =>
    fail(`cannot start ${own}: ${error.message}`, 'run `npm ci` in the directory of sesame'),
  );
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? code : 128 + (constants.signals[signal] || 0);
  });
}

function fail(message, remedy) {
  process.stderr.write(`sesame: ${message}\n  ${remedy}\n`);
  process.exitCode = 1;
}
