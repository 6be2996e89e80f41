// How this user reaches a registry and the world: what npm is configured with, in npm's own order (environment, user,
// global, built in), and HTTPS_PROXY. A project's .npmrc has no say: repositories are not trusted.
import { readFile, realpath } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join, sep } from 'node:path';
import type { NpmAccess } from '../installer/npm-access.ts';
import { type Npmrc, parseNpmrc } from './npmrc.ts';

export interface NpmSettingsOptions {
  /** The environment of the server's owner. */
  env: NodeJS.ProcessEnv;
  home: string;
  /** The Node that runs this; its installation may have a global npmrc. */
  execPath: string;
}

/** Never throws: files that are not there or cannot be read say nothing. */
export async function readNpmSettings(options: NpmSettingsOptions): Promise<NpmAccess> {
  const { env, home } = options;
  const own = environmentSettings(env);
  const userFile = own.get('userconfig')?.at(-1) ?? join(home, '.npmrc');
  const [user, ...others] = await Promise.all(
    [userFile, ...(await globalFiles(options, own))].map(async (path) => parseNpmrc(await textOf(path), env)),
  );
  const layers: Npmrc[] = [own, ...(user === undefined ? [] : [user]), ...others];
  const all = (key: string): readonly string[] => layers.find((layer) => layer.has(key))?.get(key) ?? [];
  const one = (key: string): string | undefined => {
    const value = all(key).at(-1);
    return value === undefined || value === '' || value === 'null' ? undefined : value;
  };
  const cafile = one('cafile');
  const bundle = cafile === undefined ? '' : await textOf(cafile);
  const values: Record<string, string> = {};
  for (const key of new Set(layers.flatMap((layer) => [...layer.keys()].filter(isAccess)))) {
    const value = one(key);
    if (value !== undefined) values[key] = value;
  }
  return {
    values,
    proxy: proxyOf(env, one, all('noproxy')),
    certificates: [...all('ca').filter((text) => text.includes('-----BEGIN')), ...(bundle === '' ? [] : [bundle])],
    strictSsl: one('strict-ssl') !== 'false',
  };
}

/** `npm_config_https_proxy` and `NPM_CONFIG_HTTPS_PROXY` are `https-proxy`. Scopes and hosts keep their spelling. */
function environmentSettings(env: NodeJS.ProcessEnv): Npmrc {
  const found = new Map<string, string[]>();
  for (const [name, value] of Object.entries(env)) {
    const match = /^npm_config_(.+)$/i.exec(name);
    if (match?.[1] === undefined || value === undefined || value === '') continue;
    const key = /^[@/]/.test(match[1]) ? match[1] : match[1].toLowerCase().replace(/(?!^)_/g, '-');
    found.set(key, key === 'ca' ? value.split('\n\n') : [value]);
  }
  return found;
}

/** Of the npm that the user would start, and of this Node: `<prefix>/etc/npmrc`, then the npmrc beside npm itself. */
async function globalFiles({ env, execPath }: NpmSettingsOptions, own: Npmrc): Promise<string[]> {
  const chosen = own.get('globalconfig')?.at(-1);
  const prefix = own.get('prefix')?.at(-1) ?? env['PREFIX'];
  const files = chosen !== undefined ? [chosen] : prefix !== undefined ? [join(prefix, 'etc', 'npmrc')] : [];
  const beside: string[] = [];
  for (const directory of (env['PATH'] ?? '').split(delimiter)) {
    if (!isAbsolute(directory) || directory.includes(`${sep}node_modules${sep}`)) continue;
    const npm = await realpath(join(directory, 'npm')).catch(() => null);
    if (npm === null) continue;
    if (files.length === 0) files.push(join(dirname(directory), 'etc', 'npmrc'));
    beside.push(join(dirname(dirname(npm)), 'npmrc'));
    break;
  }
  if (files.length === 0) files.push(join(dirname(dirname(execPath)), 'etc', 'npmrc'));
  return [...files, ...beside];
}

/** Registries, of all or of a scope, and what belongs to an address. */
function isAccess(key: string): boolean {
  return key === 'registry' || key.endsWith(':registry') || key.startsWith('//');
}

function proxyOf(
  env: NodeJS.ProcessEnv,
  one: (key: string) => string | undefined,
  noproxy: readonly string[],
): NpmAccess['proxy'] {
  const plain = one('proxy');
  const http = plain ?? env['HTTP_PROXY'] ?? env['http_proxy'];
  const https = one('https-proxy') ?? plain ?? env['HTTPS_PROXY'] ?? env['https_proxy'];
  const listed = noproxy.flatMap((text) => text.split(',')).filter((name) => name.trim() !== '');
  const names = listed.length > 0 ? listed : (env['NO_PROXY'] ?? env['no_proxy'] ?? '').split(',');
  // npm means a name and all below it; Node wants the two said apart.
  const both = names
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .flatMap((name) => (/^[*.]|[:/]|^[\d.]+$/.test(name) ? [name] : [name, `.${name}`]));
  const wanted = (text: string | undefined): text is string => text !== undefined && text !== '' && text !== 'false';
  return {
    ...(wanted(http) ? { HTTP_PROXY: http } : {}),
    ...(wanted(https) ? { HTTPS_PROXY: https } : {}),
    ...(both.length > 0 ? { NO_PROXY: both.join(',') } : {}),
  };
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return '';
  }
}
