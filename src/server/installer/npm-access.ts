// How this user reaches a registry, as plain values: made of npm's configuration in the server, used in the installer.
import * as z from 'zod';

export const NpmAccess = z.object({
  /** `registry`, `@scope:registry`, `//host/path/:_authToken` and the like, as npm's configuration has them. */
  values: z.record(z.string(), z.string()),
  /** For `proxyEnv` of Node's agents. */
  proxy: z.object({
    HTTP_PROXY: z.string().optional(),
    HTTPS_PROXY: z.string().optional(),
    NO_PROXY: z.string().optional(),
  }),
  /** Certificates to trust besides the usual ones, PEM. */
  certificates: z.array(z.string()),
  strictSsl: z.boolean(),
});
export type NpmAccess = z.infer<typeof NpmAccess>;

const publicRegistry = 'https://registry.npmjs.org/';

/** Ends with a slash. */
export function registryOf({ values }: NpmAccess, packageName: string): URL {
  const scope = packageName.startsWith('@') ? packageName.slice(0, packageName.indexOf('/')) : null;
  return (
    asRegistry(scope === null ? undefined : values[`${scope}:registry`]) ??
    asRegistry(values['registry']) ??
    new URL(publicRegistry)
  );
}

/**
 * The header for requests below a registry that has a token, else null. A token belongs to `//host/path/`; the longest
 * path that the address is below of wins.
 */
export function authorization({ values }: NpmAccess, url: URL): string | null {
  let path = url.pathname.replace(/[^/]*$/, '');
  for (;;) {
    for (const place of [`//${url.host}${path}`, `//${url.host}${path.replace(/\/$/, '')}`]) {
      const token = values[`${place}:_authToken`];
      if (token !== undefined) return `Bearer ${token}`;
      const basic = values[`${place}:_auth`];
      if (basic !== undefined) return `Basic ${basic}`;
      const [name, password] = [values[`${place}:username`], values[`${place}:_password`]];
      if (name !== undefined && password !== undefined) {
        return `Basic ${Buffer.from(`${name}:${Buffer.from(password, 'base64').toString('utf8')}`).toString('base64')}`;
      }
    }
    if (path === '/' || path === '') return null;
    path = path.replace(/[^/]+\/$/, '');
  }
}

function asRegistry(text: string | undefined): URL | null {
  if (text === undefined) return null;
  const url = URL.parse(text.endsWith('/') ? text : `${text}/`);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url : null;
}
