// The npm registry: metadata with the sha512 of the archive, then the archive. Nothing of the package ever runs here.
import * as z from 'zod';
import type { NpmDistribution } from '../../../agents/distribution.ts';
import { type NpmAccess, registryOf } from '../npm-access.ts';
import { type Ask, buildFor, checksum, fill, type Offer, parseJson, safeVersion } from '../offer.ts';
import { Trouble } from '../trouble.ts';
import type { Web } from '../web.ts';

const Packument = z.object({
  'dist-tags': z.record(z.string(), z.string()),
  // Hundreds, of which one is looked at.
  versions: z.record(z.string(), z.unknown()),
});
type Packument = z.infer<typeof Packument>;

const Release = z.object({ dist: z.object({ tarball: z.string(), integrity: z.string().optional() }) });

/** The short form of the metadata, which every registry has because npm itself asks for it. */
const shortForm = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8';
const publicHost = 'registry.npmjs.org';

export interface NpmAsk extends Ask {
  settings: NpmAccess;
  /** Instead of the registry npm is configured with. */
  registry: URL | null;
}

export async function findInNpm(distribution: NpmDistribution, ask: NpmAsk): Promise<Offer> {
  const { settings, targets } = ask;
  const build = buildFor(distribution.builds, targets, 'npm');
  const registry = ask.registry ?? registryOf(settings, build.name);
  const { host } = registry;
  const version = ask.version ?? (await newestInNpm(distribution, ask));
  const release = fill(build.release ?? '{version}', { version });
  const packument = await readPackument(ask.web, registry, build.name, ask.signal);
  const found = packument.versions[release];
  if (found === undefined) throw new Trouble('not-offered', `${build.name} has no version ${release}`, { host });
  const parsed = Release.safeParse(found);
  if (!parsed.success) throw new Trouble('reply', `the metadata of ${build.name} is not as it should be`, { host });
  const { dist } = parsed.data;
  return {
    version,
    url: archiveAddress(dist.tarball, registry),
    digest: { algorithm: 'sha512', hex: sha512Of(dist.integrity, host), of: 'file' },
    pack: 'tar',
    strip: 1,
    program: fill(build.program, { version, name: build.name }),
    runsOn: distribution.runsOn ?? null,
    source: 'npm',
  };
}

export async function newestInNpm(distribution: NpmDistribution, ask: NpmAsk): Promise<string> {
  const name = distribution.index ?? buildFor(distribution.builds, ask.targets, 'npm').name;
  const registry = ask.registry ?? registryOf(ask.settings, name);
  const packument = await readPackument(ask.web, registry, name, ask.signal);
  const latest = packument['dist-tags']['latest'];
  if (latest === undefined) throw new Trouble('not-offered', `${name} has no latest version`, { host: registry.host });
  return safeVersion(latest, registry.host);
}

async function readPackument(web: Web, registry: URL, name: string, signal: AbortSignal): Promise<Packument> {
  const address = new URL(name.replace('/', '%2f'), registry);
  const text = await web.text(address, { accept: shortForm, signal });
  const parsed = Packument.safeParse(parseJson(text, registry.host));
  if (!parsed.success)
    throw new Trouble('reply', `the metadata of ${name} is not as it should be`, { host: registry.host });
  return parsed.data;
}

/** A mirror may hand on the addresses of the public registry, and one behind a proxy its own as http. As npm does. */
function archiveAddress(text: string, registry: URL): URL {
  const url = URL.parse(text, registry.href);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new Trouble('reply', 'the metadata names no address for the archive', { host: registry.host });
  }
  if (url.hostname === publicHost && registry.hostname !== publicHost) {
    return new URL(`${registry.pathname.replace(/\/$/, '')}${url.pathname}`, registry);
  }
  if (registry.protocol === 'https:' && url.protocol === 'http:') {
    if (url.hostname !== registry.hostname) {
      throw new Trouble('redirect', 'the metadata names an archive on http, which is refused', { host: url.host });
    }
    url.protocol = 'https:';
    url.port = registry.port;
  }
  return url;
}

/** `sha1-… sha512-…`: only the strong one counts. */
function sha512Of(integrity: string | undefined, host: string): string {
  const [, base64] = /(?:^|\s)sha512-([A-Za-z0-9+/=]{88})/.exec(integrity ?? '') ?? [];
  return checksum(base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('hex'), 'sha512', host);
}
