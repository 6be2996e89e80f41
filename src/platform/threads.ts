// What the engine does beside our own code must not hold it up: a key passes through three processes, each with its own
// threads for compiling and collecting garbage, on a machine whose processors the agents use too.
import { readdirSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { setFlagsFromString } from 'node:v8';

/** A tenth of the weight of what answers a key. Lower, and on a busy machine nothing would ever be compiled. */
const niceness = 10;
/** The name Node gives to those threads. */
const engineThread = 'V8Worker';

/**
 * Lets the engine's background threads give way to everything else that runs. Garbage is then collected without them:
 * who waits for a thread that gives way waits for every busy program on the machine. Call it once, early. Only Linux has
 * priorities of single threads; elsewhere, and where they may not be changed, nothing happens.
 */
export function yieldEngineThreads(): void {
  if (process.platform !== 'linux') return;
  try {
    for (const thread of engineThreads()) setPriority(thread, niceness);
  } catch {
    // Without /proc, or where a sandbox forbids it, everything works as well, only a key may take longer.
    return;
  }
  setFlagsFromString('--single-threaded-gc');
}

function engineThreads(): number[] {
  const tasks = '/proc/self/task';
  return readdirSync(tasks)
    .filter((thread) => readFileSync(`${tasks}/${thread}/comm`, 'utf8').trim() === engineThread)
    .map(Number);
}
