// Where an agent's program is on this machine.
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { Distribution } from '../../agents/agent.ts';
import { Failure } from '../../domain/failure.ts';

export interface Binary {
  /** How to start it: its path, after an interpreter where it needs one. */
  argv: string[];
  version: string;
}

/** Throws a Failure that says what is missing and what to do. */
export type ResolveBinary = (distribution: Distribution) => Promise<Binary>;

export interface BinaryOptions {
  env: NodeJS.ProcessEnv;
  /** How a program of ours is started, by the name of its entry in the build. */
  builtin(entry: string): string[];
  /** Version of sesame, which is that of its own programs. */
  version: string;
}

export function createResolveBinary({ env, builtin, version }: BinaryOptions): ResolveBinary {
  return async (distribution) => {
    switch (distribution.kind) {
      case 'builtin':
        return { argv: builtin(distribution.entry), version };
      case 'command': {
        const path = await findCommand(distribution.command, env, '/');
        if (path !== null) return { argv: [path], version: 'yours' };
        throw commandNotFound(distribution.command);
      }
    }
  };
}

export function commandNotFound(command: string): Failure {
  return new Failure({
    code: 'command-not-found',
    message: `the program ${JSON.stringify(command.slice(0, 200))} is not there or cannot be executed`,
    remedy: 'install it or correct its name; it is looked up in the PATH the server was started with',
  });
}

/** As a shell would find it: a name with a slash from `cwd`, else along PATH. Null when there is none. */
export async function findCommand(command: string, env: NodeJS.ProcessEnv, cwd: string): Promise<string | null> {
  if (command === '' || command.includes('\0')) return null;
  if (command.includes('/')) return (await isProgram(resolve(cwd, command))) ? resolve(cwd, command) : null;
  for (const directory of (env['PATH'] ?? '').split(delimiter)) {
    if (!isAbsolute(directory)) continue;
    const path = join(directory, command);
    if (await isProgram(path)) return path;
  }
  return null;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
