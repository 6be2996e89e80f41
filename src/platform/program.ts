// The program's own version and files.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };

export const version: string = manifest.version;

/** A built entry of this program (`server`, `holder`), absolute. Works from dist/ and from the sources beside it. */
export function builtEntry(name: string): string {
  const here = dirname(fileURLToPath(import.meta.url));
  return here.endsWith(join('src', 'platform'))
    ? join(here, '..', '..', 'dist', `${name}.js`)
    : join(here, `${name}.js`);
}
