// Real repositories for tests, in temporary directories that the test's end removes: checkouts, bare remotes, a remote
// over HTTP through git's own server program, and a digest of everything a user must find unchanged.
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { chmod, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { oncePerHome } from './once-per-home.ts';

const execute = promisify(execFile);

/** Runs git as a user would and returns what it printed, without the last newline. */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  const { stdout } = await execute('git', args, { cwd, maxBuffer: 64 << 20 });
  return stdout.replace(/\n$/, '');
}

/** A new directory that is removed when the test ends; links in its path are resolved. */
export function temporaryDirectory(name = 'd'): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), `sz-${name}-`)));
  onTestFinished(async () => {
    await rm(path, { recursive: true, force: true, maxRetries: 5 });
  });
  return path;
}

/** Writes files by their path relative to `root`; folders are made. */
export async function writeFiles(root: string, files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

/** Writes an executable `sh` script. */
export async function writeScript(path: string, body: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
}

/** Takes the identity out of an environment, for tests about a user who never told git who they are. */
export const noIdentity: Record<string, string | undefined> = {
  GIT_AUTHOR_NAME: undefined,
  GIT_AUTHOR_EMAIL: undefined,
  GIT_COMMITTER_NAME: undefined,
  GIT_COMMITTER_EMAIL: undefined,
  EMAIL: undefined,
};

export interface TestRepository {
  /** The directory that holds everything of the test. */
  home: string;
  /** The user's checkout. */
  path: string;
  git(...args: string[]): Promise<string>;
}

/** A checkout with one commit on `main`. */
export async function makeRepository(
  options: { home?: string; name?: string; files?: Record<string, string | Uint8Array>; init?: string[] } = {},
): Promise<TestRepository> {
  const home = options.home ?? temporaryDirectory('repo');
  const path = join(home, options.name ?? 'project');
  await mkdir(path, { recursive: true });
  if (options.files === undefined && options.init === undefined) await copyUsual(path);
  else await commitFirst(path, options.files ?? usualFiles, options.init ?? []);
  return { home, path, git: (...args) => git(path, ...args) };
}

const usualFiles = { 'README.md': '# project\n', 'src/a.txt': 'one\ntwo\nthree\n' };
const usual = oncePerHome(async (home) => {
  const template = mkdtempSync(join(home, 'usual-'));
  await commitFirst(template, usualFiles, []);
  return template;
});

async function commitFirst(path: string, files: Record<string, string | Uint8Array>, init: string[]): Promise<void> {
  await git(path, 'init', '--quiet', '--initial-branch=main', ...init);
  await writeFiles(path, files);
  await git(path, 'add', '--all');
  await git(path, 'commit', '--quiet', '--message', 'start');
}

/** A copy costs one process instead of four. */
async function copyUsual(path: string): Promise<void> {
  await cp(await usual(), path, { recursive: true, preserveTimestamps: true });
  // The copies have other inodes than the index knows.
  await git(path, 'update-index', '--refresh');
}

/** A bare repository beside the checkout, known to it as `origin`, with `main` pushed and fetched. */
export async function addBareRemote(repository: TestRepository, name = 'origin'): Promise<string> {
  const path = join(repository.home, `${name}.git`);
  await git(repository.home, 'init', '--quiet', '--bare', '--initial-branch=main', path);
  await repository.git('remote', 'add', name, path);
  await repository.git('push', '--quiet', name, 'main');
  return path;
}

/** A pre-receive hook that says `words` and refuses every push: what a protected branch does. */
export async function refusePushes(bare: string, words: string): Promise<void> {
  await writeScript(join(bare, 'hooks', 'pre-receive'), `cat > /dev/null\nprintf '%s\\n' "${words}" >&2\nexit 1`);
}

export interface HttpRemote {
  /** `http://127.0.0.1:<port>`; append `/<name>.git`. */
  url: string;
  /** Requests seen, `METHOD path`. */
  requests: string[];
}

/**
 * Serves the bare repositories of `root` over HTTP on the loopback through `git http-backend`, with basic
 * authentication when `user` is given. Ends with the test.
 */
export async function serveHttp(root: string, user?: { name: string; password: string }): Promise<HttpRemote> {
  const requests: string[] = [];
  const wanted = user === undefined ? null : `Basic ${btoa(`${user.name}:${user.password}`)}`;
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (wanted !== null && request.headers.authorization !== wanted) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end();
      return;
    }
    serveBackend(root, request, response, user?.name ?? 'anonymous');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the test server has no port');
  return { url: `http://127.0.0.1:${address.port}`, requests };
}

function serveBackend(root: string, request: IncomingMessage, response: ServerResponse, user: string): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const child = spawn('git', ['-c', 'http.receivepack=true', 'http-backend'], {
    env: {
      PATH: process.env['PATH'],
      HOME: root,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      CONTENT_LENGTH: request.headers['content-length'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_USER: user,
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(child.stdin);
  child.stdin.on('error', () => child.stdin.destroy());
  let head = Buffer.alloc(0);
  let started = false;
  child.stdout.on('data', (bytes: Buffer) => {
    if (started) {
      response.write(bytes);
      return;
    }
    head = Buffer.concat([head, bytes]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return;
    started = true;
    const headers = head
      .subarray(0, end)
      .toString('latin1')
      .split('\r\n')
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const);
    const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200';
    response.writeHead(Number.parseInt(status, 10), headers.filter(([name]) => name !== 'Status').flat());
    response.write(head.subarray(end + 4));
  });
  child.on('close', () => response.end());
}

/**
 * Digests of everything below `root`, path -> kind, mode and content. Left out: what git keeps for linked worktrees,
 * objects (they may be added), and refs and reflogs of sesame.
 */
export function digestOf(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  // Names are bytes: one character each here, so that none is lost.
  const onDisk = (path: string): Buffer => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, 'latin1')]);
  const walk = (path: string): void => {
    for (const name of readdirSync(onDisk(path), 'latin1').sort()) {
      const at = path === '' ? name : `${path}/${name}`;
      if (/^(\.git\/)?(worktrees|objects|(logs\/)?refs\/sesame|(logs\/)?refs\/heads\/sesame)$/.test(at)) continue;
      const info = lstatSync(onDisk(at));
      if (info.isDirectory()) walk(at);
      else {
        const content = info.isSymbolicLink() ? readlinkSync(onDisk(at)) : readFileSync(onDisk(at));
        found[at] = `${info.mode.toString(8)} ${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
      }
    }
  };
  walk('');
  return found;
}
