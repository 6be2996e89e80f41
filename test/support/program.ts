// The built program in a work directory of its own, run as a user or a script would.
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Client, connectServer } from '../../src/client/connect.ts';
import { type Paths, resolvePaths } from '../../src/platform/paths.ts';
import { removeClean } from './leftovers.ts';

const launcher = resolve('bin/sesame.js');
export const serverEntry = resolve('dist/server.js');

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Program {
  paths: Paths;
  env: NodeJS.ProcessEnv;
  /** Runs `sesame` with these arguments to its end. */
  sesame(
    args: readonly string[],
    options?: { cwd?: string; input?: string; env?: NodeJS.ProcessEnv },
  ): Promise<Outcome>;
  /** The same with `--json`; throws when it fails. */
  json<T>(args: readonly string[], options?: { cwd?: string; input?: string }): Promise<T>;
  /** Asks the server over its socket as curl would. */
  fetch(method: string, path: string, body?: string): Promise<{ status: number; text: string }>;
  connect(): Promise<Client>;
  /** Ends the server, the holder and every program; removes the directory. Throws when something is left. */
  end(): Promise<void>;
}

/** `extra`: variables of the server's owner, besides those of the test. */
export function openProgram(extra: NodeJS.ProcessEnv = {}): Program {
  // Short: sockets allow little more than 100 bytes.
  const directory = mkdtempSync(join(tmpdir(), 'sp-'));
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    SESAME_WORK_DIR: directory,
    SESAME_DEMO_SPEED: '40',
    NO_COLOR: '1',
    ...extra,
  };
  const paths = resolvePaths(env);
  const program: Program = {
    paths,
    env,
    sesame: (args, options = {}) => run([launcher, ...args], { ...options, env: { ...env, ...options.env } }),
    json: async (args, options = {}) => {
      const { code, stdout, stderr } = await program.sesame([...args, '--json'], options);
      if (code !== 0) throw new Error(`sesame ${args.join(' ')}: exit ${code}: ${stderr}`);
      return JSON.parse(stdout);
    },
    fetch: (method, path, body) => ask(paths.serverSocket, method, path, body),
    connect: () => connectServer({ paths, start: true, serverCommand: { argv: [process.execPath, serverEntry], env } }),
    end: async () => {
      await program.sesame(['server', 'stop', '--all']);
      await removeClean(directory);
    },
  };
  return program;
}

/** Runs Node with these arguments to its end. */
export function run(
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; cwd?: string; input?: string; node?: string },
): Promise<Outcome> {
  const child = spawn(options.node ?? process.execPath, args, {
    env: options.env,
    ...(options.cwd ? { cwd: options.cwd } : {}),
  });
  const outcome: Outcome = { code: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    outcome.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    outcome.stderr += text;
  });
  child.stdin.end(options.input ?? '');
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done({ ...outcome, code }));
  });
}

export function ask(
  socketPath: string,
  method: string,
  path: string,
  body?: string,
): Promise<{ status: number; text: string }> {
  return new Promise((done, fail) => {
    const sent = request({ socketPath, method, path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => {
        text += piece;
      });
      response.on('end', () => done({ status: response.statusCode ?? 0, text }));
      response.on('error', fail);
    });
    sent.on('error', fail);
    sent.end(body);
  });
}

/** Starts `sh -c script` in a pane, over the API. */
export async function startProgram(program: Program, script: string): Promise<{ id: string; pid: number }> {
  const body = JSON.stringify({ argv: ['sh', '-c', script], cwd: '/', cols: 80, rows: 24 });
  const { status, text } = await program.fetch('POST', '/v1/programs', body);
  if (status !== 200) throw new Error(text);
  const { session } = JSON.parse(text) as { session: { id: string; run: { pid: number } } };
  return { id: session.id, pid: session.run.pid };
}
