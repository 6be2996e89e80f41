// Releases on GitHub: the API's digest of each file and, where the vendor publishes one, a file of checksums. Where both
// are there they must agree.
import * as z from 'zod';
import type { GithubDistribution } from '../../../agents/distribution.ts';
import { type Ask, buildFor, checksum, fill, type Offer, parseJson, safeVersion } from '../offer.ts';
import { Trouble } from '../trouble.ts';

const Release = z.object({
  tag_name: z.string(),
  assets: z.array(
    z.object({ name: z.string(), browser_download_url: z.string(), digest: z.string().nullable().optional() }),
  ),
});
type Release = z.infer<typeof Release>;
type Asset = Release['assets'][number];

const publicApi = new URL('https://api.github.com/');
const sumsLimitBytes = 1 << 20;

export interface GithubAsk extends Ask {
  /** Instead of api.github.com. */
  base: URL | null;
}

export async function findInGithub(distribution: GithubDistribution, ask: GithubAsk): Promise<Offer> {
  const api = ask.base ?? publicApi;
  const build = buildFor(distribution.builds, ask.targets, api.host);
  const release = await readRelease(distribution, ask);
  const version = versionOf(release.tag_name, distribution.tag, api.host);
  if (ask.version !== null && version !== ask.version) {
    throw new Trouble('reply', `it answers with ${version} when asked for ${ask.version}`, { host: api.host });
  }
  const name = fill(build.name, { version });
  const asset = assetOf(release, name, api);
  const file = addressOf(asset, api);
  return {
    version,
    url: file,
    digest: { algorithm: 'sha256', hex: await checksumOf(release, asset, distribution, ask), of: 'file' },
    pack: name.endsWith('.tar.gz') || name.endsWith('.tgz') ? 'tar' : name.endsWith('.gz') ? 'gzip' : 'none',
    strip: 0,
    program: fill(build.program, { version, name }),
    runsOn: null,
    source: 'vendor',
  };
}

export async function newestInGithub(distribution: GithubDistribution, ask: GithubAsk): Promise<string> {
  const release = await readRelease(distribution, { ...ask, version: null });
  return versionOf(release.tag_name, distribution.tag, (ask.base ?? publicApi).host);
}

async function readRelease(
  { repository, tag }: GithubDistribution,
  { web, base, version, signal }: GithubAsk,
): Promise<Release> {
  const api = base ?? publicApi;
  const which = version === null ? 'latest' : `tags/${encodeURIComponent(fill(tag, { version }))}`;
  const text = await web.text(new URL(`repos/${repository}/releases/${which}`, api), {
    accept: 'application/vnd.github+json',
    signal,
  });
  const parsed = Release.safeParse(parseJson(text, api.host));
  if (!parsed.success)
    throw new Trouble('reply', `the release of ${repository} is not as it should be`, { host: api.host });
  return parsed.data;
}

async function checksumOf(
  release: Release,
  asset: Asset,
  { sums }: GithubDistribution,
  ask: GithubAsk,
): Promise<string> {
  const api = ask.base ?? publicApi;
  const digest = digestOf(asset);
  const sumsAsset = sums === null ? undefined : release.assets.find(({ name }) => name === sums);
  if (sumsAsset === undefined) return checksum(digest, 'sha256', api.host);
  const text = await ask.web.text(addressOf(sumsAsset, api), { limitBytes: sumsLimitBytes, signal: ask.signal });
  const listed = checksum(lineFor(text, asset.name), 'sha256', api.host);
  if (digest !== undefined && digest !== listed) {
    throw new Trouble('integrity', `GitHub and ${sumsAsset.name} name different checksums`, { host: api.host });
  }
  return listed;
}

function digestOf({ digest }: Asset): string | undefined {
  return digest?.startsWith('sha256:') === true ? digest.slice('sha256:'.length).toLowerCase() : undefined;
}

/** `<hex>  <name>` or `<hex> *<name>`. */
function lineFor(text: string, name: string): string | undefined {
  for (const line of text.split('\n')) {
    const [, hex, file] = /^([0-9a-fA-F]{64})\s+\*?(?:\.\/)?(.+?)\s*$/.exec(line) ?? [];
    if (file === name) return hex;
  }
  return undefined;
}

function assetOf(release: Release, name: string, api: URL): Asset {
  const asset = release.assets.find((known) => known.name === name);
  if (asset === undefined)
    throw new Trouble('not-offered', `${release.tag_name} has no file ${name}`, { host: api.host });
  return asset;
}

function addressOf(asset: Asset, api: URL): URL {
  const url = URL.parse(asset.browser_download_url);
  if (url === null || url.protocol !== api.protocol) {
    throw new Trouble('redirect', 'the release names an address that is refused', { host: api.host });
  }
  return url;
}

function versionOf(tag: string, template: string, host: string): string {
  const [before = '', after = ''] = template.split('{version}');
  if (tag.startsWith(before) && tag.endsWith(after)) {
    return safeVersion(tag.slice(before.length, tag.length - after.length), host);
  }
  throw new Trouble(
    'reply',
    `the newest release is called ${JSON.stringify(tag.slice(0, 80))}, which says no version`,
    { host },
  );
}
