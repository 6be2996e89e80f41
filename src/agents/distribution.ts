// Where an agent's program comes from, as data. What these say is done by src/server/installer; nothing here runs.
import * as z from 'zod';

/** A machine a build is made for. `baseline` runs on processors without AVX2, `musl` on systems without glibc. */
export const Target = z.enum([
  'linux-x64',
  'linux-x64-baseline',
  'linux-x64-musl',
  'linux-x64-baseline-musl',
  'linux-arm64',
  'linux-arm64-musl',
  'darwin-x64',
  'darwin-x64-baseline',
  'darwin-arm64',
]);
export type Target = z.infer<typeof Target>;

/** Strings of a build and of its distribution may hold {version} and {name}. */
export const Build = z.object({
  /** What the source calls it: an npm package, a release's file, a folder of a bucket. */
  name: z.string(),
  /** Path of the program in what is unpacked, without the package's own top folder. */
  program: z.string(),
  /** npm only: version of this package where it differs from that of the agent (`{version}-linux-x64`). */
  release: z.string().optional(),
});
export type Build = z.infer<typeof Build>;

export const Builds = z.partialRecord(Target, Build);
export type Builds = z.infer<typeof Builds>;

/** A package that holds the program; its sha512 is in the registry's metadata. Install scripts never run. */
export const NpmDistribution = z.object({
  kind: z.literal('npm'),
  /** The package whose `latest` is the newest version; null when each build's own package says so. */
  index: z.string().nullable(),
  builds: Builds,
  /** The program is a script for the Node that runs sesame. */
  runsOn: z.literal('node').optional(),
});
export type NpmDistribution = z.infer<typeof NpmDistribution>;

/** Files of a GitHub release, with the digests that GitHub computes and, where there is one, the vendor's sums file. */
export const GithubDistribution = z.object({
  kind: z.literal('github'),
  /** `owner/name`. */
  repository: z.string(),
  /** Tag of a version: `v{version}`. */
  tag: z.string(),
  /** Name of a file in sha256sum format. Both it and the digest count where both are there. */
  sums: z.string().nullable(),
  builds: Builds,
});
export type GithubDistribution = z.infer<typeof GithubDistribution>;

/** A vendor's own file server. Paths are relative to `base`. */
export const BucketDistribution = z.object({
  kind: z.literal('bucket'),
  base: z.string(),
  /** A text file with the newest version. */
  latest: z.string(),
  file: z.string(),
  /** How the file is packed: not at all, or one program through gzip. */
  pack: z.enum(['none', 'gzip']),
  /** Where its sha256 is: a JSON file and the path in it, or a text file that begins with it. */
  checksum: z.object({
    file: z.string(),
    at: z.array(z.string()).nullable(),
    of: z.enum(['file', 'program']),
  }),
  builds: Builds,
});
export type BucketDistribution = z.infer<typeof BucketDistribution>;

export const Download = z.discriminatedUnion('kind', [NpmDistribution, GithubDistribution, BucketDistribution]);
export type Download = z.infer<typeof Download>;

export type Distribution =
  /** A program of ours, built beside the server. */
  | { kind: 'builtin'; entry: string }
  /** A command of the user's, looked up in PATH. Beside downloads: only when the user chooses it. */
  | { kind: 'command'; command: string }
  | Download;

export function isDownload(distribution: Distribution): distribution is Download {
  return distribution.kind !== 'builtin' && distribution.kind !== 'command';
}

/** What has to be known of an agent to get its program. */
export interface Bootstrap {
  /** In order of preference. */
  distributions: readonly Distribution[];
  /** Finds the version (group 1) in what `--version` prints on stdout. */
  versionPattern: RegExp;
}

/** For programs that are never installed by us: nobody asks them. */
export const anyVersion = /(\d+\.\d+\S*)/;
