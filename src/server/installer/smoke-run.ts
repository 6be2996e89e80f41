// One start with `--version`, in an environment with nothing of the user's: what cannot do that is not installed.
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../../platform/exec.ts';
import { Trouble } from './trouble.ts';

/** A first start may unpack hundreds of megabytes. */
const patienceMs = 60_000;

/** The version it reports. Its home is below `directory` and removed afterwards. Throws the Trouble `check`. */
export async function smokeRun(options: {
  argv: readonly string[];
  versionPattern: RegExp;
  directory: string;
  signal: AbortSignal;
}): Promise<string> {
  const [file = '', ...rest] = options.argv;
  const home = await mkdtemp(join(options.directory, '.home-'));
  try {
    const result = await exec(file, [...rest, '--version'], {
      cwd: home,
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        HOME: home,
        TMPDIR: home,
        XDG_CONFIG_HOME: home,
        XDG_CACHE_HOME: home,
        XDG_DATA_HOME: home,
        XDG_STATE_HOME: home,
        LANG: 'C',
        TERM: 'dumb',
        NO_COLOR: '1',
        // Nothing here may fetch anything or change itself.
        CI: '1',
      },
      timeoutMs: patienceMs,
      maxBytes: 1 << 20,
      signal: options.signal,
    });
    options.signal.throwIfAborted();
    const said = result.stdout.toString('utf8');
    const version = options.versionPattern.exec(said)?.[1];
    if (result.exitCode === 0 && version !== undefined) return version;
    throw new Trouble('check', whyNot(result, said));
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 2 });
  }
}

function whyNot(result: Awaited<ReturnType<typeof exec>>, said: string): string {
  const last = result.stderr.toString('utf8').trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  const tail = last === '' ? '' : `: ${last}`;
  if (result.trouble === 'timeout') return `it did not answer --version within ${patienceMs / 1000} s`;
  if (result.signal !== null) return `it was ended by ${result.signal} when asked for its version${tail}`;
  if (result.exitCode === null) return `it cannot be started on this machine${tail}`;
  if (result.exitCode !== 0) return `it exited with ${result.exitCode} when asked for its version${tail}`;
  return `it does not say its version but ${JSON.stringify(said.slice(0, 100))}`;
}
