// Where an agent's program comes from, as data. What these say is done by src/server/bootstrap; nothing here runs.

/** A machine a build is made for. `baseline` runs on processors without AVX2, `musl` on systems without glibc. */
export type Target =
  | 'linux-x64'
  | 'linux-x64-baseline'
  | 'linux-x64-musl'
  | 'linux-x64-baseline-musl'
  | 'linux-arm64'
  | 'linux-arm64-musl'
  | 'darwin-x64'
  | 'darwin-x64-baseline'
  | 'darwin-arm64';

/** Strings of a build and of its distribution may hold {version} and {name}. */
export interface Build {
  /** What the source calls it: an npm package, a release's file, a folder of a bucket. */
  name: string;
  /** Path of the program in what is unpacked, without the package's own top folder. */
  program: string;
  /** npm only: version of this package where it differs from that of the agent (`{version}-linux-x64`). */
  release?: string;
}

export type Builds = Readonly<Partial<Record<Target, Build>>>;

/** A package that holds the program; its sha512 is in the registry's metadata. Install scripts never run. */
export interface NpmDistribution {
  kind: 'npm';
  /** The package whose `latest` is the newest version; null when each build's own package says so. */
  index: string | null;
  builds: Builds;
  /** The program is a script for the Node that runs sesame. */
  runsOn?: 'node';
}

/** Files of a GitHub release, with the digests that GitHub computes and, where there is one, the vendor's sums file. */
export interface GithubDistribution {
  kind: 'github';
  /** `owner/name`. */
  repository: string;
  /** Tag of a version: `v{version}`. */
  tag: string;
  /** Name of a file in sha256sum format. Both it and the digest count where both are there. */
  sums: string | null;
  builds: Builds;
}

/** A vendor's own file server. Paths are relative to `base`. */
export interface BucketDistribution {
  kind: 'bucket';
  base: string;
  /** A text file with the newest version. */
  latest: string;
  file: string;
  /** How the file is packed: not at all, or one program through gzip. */
  pack: 'none' | 'gzip';
  /** Where its sha256 is: a JSON file and the path in it, or a text file that begins with it. */
  checksum: { file: string; at: readonly string[] | null; of: 'file' | 'program' };
  builds: Builds;
}

export type Download = NpmDistribution | GithubDistribution | BucketDistribution;

export type Distribution =
  /** A program of ours, built beside the server. */
  | { kind: 'builtin'; entry: string }
  /** A command of the user's, looked up in PATH. Beside downloads: only when the user chooses it. */
  | { kind: 'command'; command: string }
  | Download;

/** What has to be known of an agent to get its program. */
export interface Bootstrap {
  /** In order of preference. */
  distributions: readonly Distribution[];
  /** Finds the version (group 1) in what `--version` prints on stdout. */
  versionPattern: RegExp;
}

/** For programs that are never installed by us: nobody asks them. */
export const anyVersion = /(\d+\.\d+\S*)/;
