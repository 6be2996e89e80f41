// config.json. Reading is plain and never fatal: a damaged file is set aside, a wrong field falls back to its default,
// and the reader is told. Writing goes through conf into a staged copy, which is checked and only then published with
// `writeFileAtomic`: conf's own writer ignores how many bytes the disk took and can publish half a file when it is full.
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../domain/config.ts';
import { defaultConfig } from '../domain/default-config.ts';
import { Failure } from '../domain/failure.ts';
import { errorCode, exists, fileFailure, writeFileAtomic } from './files.ts';
import type { Paths } from './paths.ts';

export interface ConfigReading {
  config: Config;
  /** What was wrong with the file, one sentence each, for the user. */
  problems: string[];
}

/** Never throws. */
export async function readConfig(paths: Paths): Promise<ConfigReading> {
  const path = paths.config;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const problems =
      errorCode(error) === 'ENOENT' ? [] : [`${fileFailure(error, 'read', path).message}; defaults are used`];
    return { config: defaultConfig, problems };
  }
  const content = parseObject(text);
  if (content === null) return { config: defaultConfig, problems: [await setAside(path)] };
  // Loaded only for those who have preferences.
  const { Config } = await import('../domain/config.ts');
  const whole = Config.safeParse(content);
  if (whole.success) return { config: whole.data, problems: [] };
  const wrong = new Set(whole.error.issues.map((issue) => String(issue.path[0])));
  const right = Object.fromEntries(Object.entries(content).filter(([key]) => !wrong.has(key)));
  const rest = Config.safeParse(right);
  return {
    config: rest.success ? rest.data : defaultConfig,
    problems: whole.error.issues.map(
      (issue) => `${path}: ${issue.path.map(String).join('.')}: ${issue.message}; the default is used`,
    ),
  };
}

/** Sets preferences by dotted keys (`keys.ship`). Throws a Failure and changes nothing when the disk refuses. */
export async function writePreferences(paths: Paths, changes: Readonly<Record<string, unknown>>): Promise<void> {
  const { default: Conf } = await import('conf');
  const name = `config-${process.pid}`;
  const staged = join(paths.root, `${name}.json`);
  try {
    await writeFileAtomic(staged, await currentText(paths.config));
    const store = new Conf<Record<string, unknown>>({ cwd: paths.root, configName: name, configFileMode: 0o600 });
    for (const [key, value] of Object.entries(changes)) store.set(key, value);
    const text = await readFile(staged, 'utf8');
    if (parseObject(text) === null) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
    await writeFileAtomic(paths.config, text);
  } catch (error) {
    throw error instanceof Failure ? error : fileFailure(error, 'write', paths.config);
  } finally {
    await rm(staged, { force: true }).catch(() => undefined);
  }
}

async function currentText(path: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8');
    if (parseObject(text) !== null) return text;
    await setAside(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  return '{}';
}

async function setAside(path: string): Promise<string> {
  try {
    const aside = await freeName(`${path}.damaged`);
    await rename(path, aside);
    return `${path} is not valid JSON; it was moved to ${aside} and defaults are used`;
  } catch {
    return `${path} is not valid JSON and could not be moved away; defaults are used`;
  }
}

/** An earlier damaged file may be the one that is worth repairing. */
async function freeName(wanted: string): Promise<string> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!(await exists(name))) return name;
  }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
