// Where everything lives on disk: <workDir>/.sesame/, and nowhere else.
import { homedir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { Failure } from '../domain/failure.ts';

export interface Paths {
  workDir: string;
  /** <workDir>/.sesame, 0700. */
  root: string;
  agents: string;
  worktrees: string;
  /** Raw terminal output, a folder per run. */
  output: string;
  /** Session-owned configuration directories and prompt files, a folder per session, 0700. */
  sessions: string;
  credentials: string;
  run: string;
  database: string;
  config: string;
  serverSocket: string;
  holderSocket: string;
  serverLock: string;
  holderLock: string;
  serverLog: string;
  holderLog: string;
}

/** sun_path is 108 bytes on Linux and 104 on macOS, including the final NUL. */
const socketPathLimit = process.platform === 'darwin' ? 103 : 107;

/**
 * The layout below `$SESAME_WORK_DIR` or the home directory. Creates nothing.
 * Throws a Failure when the directory is not absolute or so deep that no socket fits.
 */
export function resolvePaths(env: NodeJS.ProcessEnv): Paths {
  const workDir = env['SESAME_WORK_DIR'] || homedir() || userInfo().homedir;
  if (!isAbsolute(workDir)) {
    throw new Failure({
      code: 'work-directory-relative',
      message: `${env['SESAME_WORK_DIR'] ? 'SESAME_WORK_DIR' : 'HOME'} is not an absolute path: ${workDir}`,
      remedy: 'set SESAME_WORK_DIR to an absolute path',
    });
  }
  const root = join(workDir, '.sesame');
  const run = join(root, 'run');
  const paths: Paths = {
    workDir,
    root,
    agents: join(root, 'agents'),
    worktrees: join(root, 'worktrees'),
    output: join(root, 'output'),
    sessions: join(root, 'sessions'),
    credentials: join(root, 'credentials'),
    run,
    database: join(root, 'sesame.db'),
    config: join(root, 'config.json'),
    serverSocket: join(run, 'server.sock'),
    holderSocket: join(run, 'holder.sock'),
    serverLock: join(run, 'server.lock'),
    holderLock: join(run, 'holder.lock'),
    serverLog: join(run, 'server.log'),
    holderLog: join(run, 'holder.log'),
  };
  const length = Buffer.byteLength(paths.holderSocket);
  if (length > socketPathLimit) {
    throw new Failure({
      code: 'socket-path-too-long',
      message: `the socket path is ${length} bytes long, the system allows ${socketPathLimit}: ${paths.holderSocket}`,
      remedy: 'set SESAME_WORK_DIR to a shorter directory',
    });
  }
  return paths;
}
