// What the rehearsals of all three processes share.
import { setFlagsFromString } from 'node:v8';

/**
 * Keys of each round. With one alone the engine would compile for the objects of that one, and throw it all away when it
 * meets the user's.
 */
const rounds = [40, 240];

/** Calls until a function is optimized, and calls after the last one that met something new: what V8 does in Node 24. */
const usual = { 'invocation-count-for-maglev': 400, 'minimum-invocations-after-ic-update': 500 };
const early = 100;
/** Another engine may have other flags, and complains on the terminal about one it does not know. */
const knowsFlags = process.versions.node.startsWith('24.');

/** Plays all rounds, each with objects of its own; resolves with the sum of what they resolve with. */
export function playRounds(play: (keys: number) => Promise<number>, signal: AbortSignal): Promise<number> {
  return compileEarly(async () => {
    let total = 0;
    for (const keys of rounds) if (!signal.aborted) total += await play(keys);
    return total;
  });
}

/** The byte of the n-th key, as a user types: a line now and then. */
export function rehearsedKey(n: number): number {
  return n % 40 === 39 ? 13 : 97 + (n % 26);
}

/**
 * Until the call settles, functions are optimized after a hundred calls instead of several hundred: a hundred calls of a
 * rehearsal have shown all there is to see. Holds for everything that runs in this process meanwhile.
 */
async function compileEarly<T>(call: () => Promise<T>): Promise<T> {
  if (!knowsFlags) return await call();
  for (const flag of Object.keys(usual)) setFlagsFromString(`--${flag}=${early}`);
  try {
    return await call();
  } finally {
    for (const [flag, calls] of Object.entries(usual)) setFlagsFromString(`--${flag}=${calls}`);
  }
}
