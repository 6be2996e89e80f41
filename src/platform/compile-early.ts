// How soon the engine compiles what runs often.
import { setFlagsFromString } from 'node:v8';

/** Calls until a function is optimized, and calls after the last one that met something new: what V8 does in Node 24. */
const usual = { 'invocation-count-for-maglev': 400, 'minimum-invocations-after-ic-update': 500 };
const early = 100;
/** Another engine may have other flags, and complains on the terminal about one it does not know. */
const knowsFlags = process.versions.node.startsWith('24.');

/**
 * Until the call settles, functions are optimized after a hundred calls instead of several hundred: for a rehearsal, in
 * which a hundred calls have shown all there is to see. Holds for everything that runs in this process meanwhile.
 */
export async function compileEarly<T>(call: () => Promise<T>): Promise<T> {
  if (!knowsFlags) return await call();
  for (const flag of Object.keys(usual)) setFlagsFromString(`--${flag}=${early}`);
  try {
    return await call();
  } finally {
    for (const [flag, calls] of Object.entries(usual)) setFlagsFromString(`--${flag}=${calls}`);
  }
}
