// Entry of the holder process. Says `ready` on standard output once it can be reached; exits with 75 when another
// holder has the work directory.
import { join } from 'node:path';
import { openLog } from '../platform/log.ts';
import { resolvePaths } from '../platform/paths.ts';
import { yieldEngineThreads } from '../platform/threads.ts';
import { runHolder } from './holder.ts';

const idleMs = 30_000;

yieldEngineThreads();

try {
  const { run, holderSocket, holderLock, holderLog } = resolvePaths(process.env);
  // macOS gives out terminals another way; see launch.ts.
  const rehearses = process.env['SESAME_WARM_UP'] !== '0' && process.platform !== 'darwin';
  const other = await runHolder({
    socket: holderSocket,
    lock: holderLock,
    log: openLog(holderLog, Date.now),
    idleMs,
    rehearsalSocket: rehearses ? join(run, 'rehearsal.h') : null,
    ready: () => process.stdout.write('ready\n'),
  });
  process.exit(other === null ? 0 : 75);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
