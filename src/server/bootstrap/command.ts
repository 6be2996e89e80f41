// A program of the user's, found as a shell would find it.
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { Failure } from '../../domain/failure.ts';

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
