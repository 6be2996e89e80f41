// The process `dist/installer.js`: one job from the server over IPC, its progress and its outcome back. Fetching, hashing
// and unpacking happen here, so that they never hold up the loop that carries keystrokes. It ends with the server: the
// channel closes when the server is killed, too.
import { constants, setPriority } from 'node:os';
import { Failure, toFailureBody } from '../../domain/failure.ts';
import { systemClock } from '../../platform/clock.ts';
import { Job, type Message } from './job.ts';
import { runJob } from './run-job.ts';

/** How long what was begun may take to be put away once nobody waits for it. */
const graceMs = 5000;

const stop = new AbortController();
for (const over of ['disconnect', 'SIGTERM'] as const) {
  process.once(over, () => {
    stop.abort(new Error('nobody waits for it any more'));
    setTimeout(end, graceMs).unref();
  });
}
// Also when it is started by hand: there is no channel then.
if (process.connected !== true) end();
yieldToOthers();
process.once('message', (value) => void work(value));

async function work(value: unknown): Promise<void> {
  let last: Message;
  try {
    last = await runJob(readJob(value), {
      clock: systemClock,
      execPath: process.execPath,
      signal: stop.signal,
      tell: (message) => void (process.connected === true && process.send?.(message)),
    });
  } catch (error) {
    last = { kind: 'failed', failure: toFailureBody(error) };
  }
  if (process.connected !== true || process.send === undefined) end();
  else process.send(last, end);
}

function readJob(value: unknown): Job {
  const job = Job.safeParse(value);
  if (job.success) return job.data;
  throw new Failure(
    {
      code: 'bootstrap-version',
      message: 'sesame was updated while its server runs, and the two do not understand each other',
      remedy: 'restart the server: sesame server stop (agents keep running)',
    },
    { cause: job.error },
  );
}

/** Keystrokes and agents go first. */
function yieldToOthers(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not allowed here: then it competes like any other process.
  }
}

/** At once: a name lookup that hangs in a thread would hold an exit up for half a minute. */
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}
