// .npmrc files: `key = value` lines, as far as a registry, a proxy and a token go.

/** Keys in lower case except for the path part of `//host/path/:_authToken`. Arrays (`ca[] = …`) keep all their values. */
export type Npmrc = ReadonlyMap<string, readonly string[]>;

/** Never throws: lines that say nothing are left out. `${NAME}` and `${NAME?}` are taken from `env`, as npm does. */
export function parseNpmrc(text: string, env: NodeJS.ProcessEnv): Npmrc {
  const found = new Map<string, string[]>();
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';') || line.startsWith('[')) continue;
    const at = line.indexOf('=');
    const name = expand(unquote(at < 0 ? line : line.slice(0, at)), env);
    const value = at < 0 ? 'true' : expand(unquote(line.slice(at + 1)), env);
    if (name.endsWith('[]')) found.set(name.slice(0, -2), [...(found.get(name.slice(0, -2)) ?? []), value]);
    else found.set(name, [value]);
  }
  return found;
}

function unquote(text: string): string {
  const value = text.trim();
  const quoted = /^(["'])(.*)\1$/s.exec(value);
  if (quoted === null) return value.replace(/\s[;#].*$/, '').trim();
  return quoted[1] === '"' ? (quoted[2] ?? '').replace(/\\n/g, '\n').replace(/\\(["\\])/g, '$1') : (quoted[2] ?? '');
}

/** A name that is not set stays as it was written, so that nobody is sent an empty token. */
function expand(text: string, env: NodeJS.ProcessEnv): string {
  return text.replace(/\$\{([^}?]+)(\??)\}/g, (whole, name: string, optional: string) => {
    return env[name] ?? (optional === '?' ? '' : whole);
  });
}
