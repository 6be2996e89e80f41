// Asks an agent's sources in order: the user's, else the agent's own. The first that has an answer is taken.
import type { Download, Target } from '../../agents/distribution.ts';
import type { InstallConfig } from '../../domain/config.ts';
import { Failure } from '../../domain/failure.ts';
import type { NpmAccess } from './npm-access.ts';
import type { Offer } from './offer.ts';
import { findInBucket, newestInBucket } from './sources/bucket.ts';
import { findInGithub, newestInGithub } from './sources/github.ts';
import { findInNpm, newestInNpm } from './sources/npm.ts';
import type { Web } from './web.ts';

export interface Sources {
  web: Web;
  settings: NpmAccess;
  targets: readonly Target[];
  /** Of config.json. */
  config: InstallConfig;
  signal: AbortSignal;
}

/** The agent's downloads in the order to ask them. */
export function orderedDownloads(
  agent: string,
  downloads: readonly Download[],
  config: InstallConfig,
): readonly Download[] {
  const wanted = config.agents[agent]?.sources;
  if (wanted === undefined) return downloads;
  return wanted.flatMap((source) => downloads.filter((download) => sourceOf(download) === source));
}

export function sourceOf(download: Download): 'npm' | 'vendor' {
  return download.kind === 'npm' ? 'npm' : 'vendor';
}

/** `version` null: the newest. Throws the Trouble of this source. */
export function findOffer(agent: string, download: Download, version: string | null, sources: Sources): Promise<Offer> {
  const ask = { ...sources, version };
  switch (download.kind) {
    case 'npm':
      return findInNpm(download, { ...ask, registry: registryOf(sources.config) });
    case 'github':
      return findInGithub(download, { ...ask, base: vendorOf(agent, sources.config) });
    case 'bucket':
      return findInBucket(download, { ...ask, base: vendorOf(agent, sources.config) });
  }
}

export function findNewest(agent: string, download: Download, sources: Sources): Promise<string> {
  const ask = { ...sources, version: null };
  switch (download.kind) {
    case 'npm':
      return newestInNpm(download, { ...ask, registry: registryOf(sources.config) });
    case 'github':
      return newestInGithub(download, { ...ask, base: vendorOf(agent, sources.config) });
    case 'bucket':
      return newestInBucket(download, { ...ask, base: vendorOf(agent, sources.config) });
  }
}

function registryOf({ registry }: InstallConfig): URL | null {
  return registry === undefined ? null : webAddress(registry, 'install.registry');
}

function vendorOf(agent: string, { agents }: InstallConfig): URL | null {
  const base = agents[agent]?.vendor;
  return base === undefined ? null : webAddress(base, `install.agents.${agent}.vendor`);
}

function webAddress(text: string, setting: string): URL {
  const url = URL.parse(text.endsWith('/') ? text : `${text}/`);
  if (url !== null && (url.protocol === 'https:' || url.protocol === 'http:')) return url;
  throw new Failure({
    code: 'config',
    message: `${setting} in config.json is no web address`,
    remedy: 'correct it, then restart the server',
  });
}
