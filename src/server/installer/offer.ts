// What a source offers: one file, its checksum, and how the program comes out of it. Sources answer with this; what
// follows is the same for all of them.
import type { Target } from '../../agents/distribution.ts';
import { Trouble } from './trouble.ts';
import type { Web } from './web.ts';

export interface Offer {
  version: string;
  url: URL;
  digest: {
    algorithm: 'sha256' | 'sha512';
    hex: string;
    /** Of the file as it comes, or of the program in it. */
    of: 'file' | 'program';
  };
  pack: 'none' | 'gzip' | 'tar';
  /** Folders at the top of the archive that are left out. */
  strip: number;
  /** Path of the program in what is unpacked. */
  program: string;
  runsOn: 'node' | null;
  source: 'npm' | 'vendor';
}

export interface Ask {
  web: Web;
  /** Builds that run here, best first. */
  targets: readonly Target[];
  /** Null: the newest. */
  version: string | null;
  signal: AbortSignal;
}

/** A version becomes a part of paths and addresses. Throws a Trouble for one that cannot. */
export function safeVersion(text: string, host: string): string {
  const version = text.trim();
  if (/^[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}$/.test(version) && !version.includes('..')) return version;
  throw new Trouble('reply', `it names a version that cannot be one: ${JSON.stringify(version.slice(0, 80))}`, {
    host,
  });
}

/** The first of the builds that runs here. Throws the Trouble `not-offered`. */
export function buildFor<B>(builds: Readonly<Partial<Record<Target, B>>>, targets: readonly Target[], host: string): B {
  for (const target of targets) {
    const build = builds[target];
    if (build !== undefined) return build;
  }
  throw new Trouble('not-offered', `there is no build for this machine (${targets[0] ?? process.platform})`, { host });
}

export function fill(template: string, values: { version?: string; name?: string }): string {
  return template.replace(/\{(version|name)\}/g, (whole, key: 'version' | 'name') => values[key] ?? whole);
}

/** Hexadecimal of the right length, or a Trouble: without a checksum nothing is installed. */
export function checksum(text: unknown, algorithm: 'sha256' | 'sha512', host: string): string {
  const length = algorithm === 'sha256' ? 64 : 128;
  const hex = typeof text === 'string' ? text.trim().toLowerCase() : '';
  if (hex.length === length && /^[0-9a-f]+$/.test(hex)) return hex;
  throw new Trouble('integrity', `no ${algorithm} checksum is published for it`, { host });
}

/** Throws a Trouble for what is not JSON. */
export function parseJson(text: string, host: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Trouble('reply', 'the answer is not JSON', { host, cause: error });
  }
}
