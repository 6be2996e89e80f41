// A vendor's own file server: the newest version as text, a checksum beside each build, the build.
import type { BucketDistribution } from '../../../agents/distribution.ts';
import { type Ask, buildFor, checksum, fill, type Offer, parseJson, safeVersion } from '../offer.ts';
import { Trouble } from '../trouble.ts';

const textLimitBytes = 1 << 20;

export interface BucketAsk extends Ask {
  /** Instead of the distribution's own. */
  base: URL | null;
}

export async function findInBucket(distribution: BucketDistribution, ask: BucketAsk): Promise<Offer> {
  const base = baseOf(distribution, ask);
  const build = buildFor(distribution.builds, ask.targets, base.host);
  const version = ask.version ?? (await newestInBucket(distribution, ask));
  const values = { version, name: build.name };
  const { file, at, of } = distribution.checksum;
  const text = await ask.web.text(new URL(fill(file, values), base), {
    limitBytes: textLimitBytes,
    signal: ask.signal,
  });
  const found =
    at === null
      ? text.trim().split(/\s/)[0]
      : valueAt(
          parseJson(text, base.host),
          at.map((key) => fill(key, values)),
        );
  return {
    version,
    url: new URL(fill(distribution.file, values), base),
    digest: { algorithm: 'sha256', hex: checksum(found, 'sha256', base.host), of },
    pack: distribution.pack,
    strip: 0,
    program: fill(build.program, values),
    runsOn: null,
    source: 'vendor',
  };
}

export async function newestInBucket(distribution: BucketDistribution, ask: BucketAsk): Promise<string> {
  const base = baseOf(distribution, ask);
  const text = await ask.web.text(new URL(distribution.latest, base), {
    limitBytes: textLimitBytes,
    signal: ask.signal,
  });
  return safeVersion(text, base.host);
}

function baseOf(distribution: BucketDistribution, { base }: BucketAsk): URL {
  const url = base ?? URL.parse(distribution.base);
  if (url === null) throw new Trouble('not-offered', 'its address cannot be read');
  return url.pathname.endsWith('/') ? url : new URL(`${url.href}/`);
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}
