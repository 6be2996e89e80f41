// One installation, step by step: download, verify, unpack, check, publish. Whatever moment it is killed at, a folder
// under its final name is complete and verified; the download goes on where it stopped.
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BinaryKey, type BootstrapStep } from '../../domain/binary.ts';
import type { AgentId } from '../../domain/ids.ts';
import { ensureDirectory, exists, writeFileAtomic } from '../../platform/files.ts';
import { type Cache, type Manifest, manifestName } from '../bootstrap/cache.ts';
import { digestOf } from './digest.ts';
import { download, forgetDownload } from './download.ts';
import type { InstallLimits } from './job.ts';
import type { Offer } from './offer.ts';
import { smokeRun } from './smoke-run.ts';
import { Trouble } from './trouble.ts';
import { takeTurn } from './turn.ts';
import { makeExecutable, unpack } from './unpack.ts';
import type { Web } from './web.ts';

export interface InstallOptions {
  agent: AgentId;
  offer: Offer;
  versionPattern: RegExp;
  cache: Cache;
  web: Web;
  /** Milliseconds since the epoch. */
  now: () => number;
  limits: InstallLimits;
  signal: AbortSignal;
  onStep(step: BootstrapStep, doneBytes: number, totalBytes: number | null): void;
}

/** `<version>-<first 8 of the digest>`. */
export function keyOf({ version, digest }: Pick<Offer, 'version' | 'digest'>): BinaryKey {
  return BinaryKey.parse(`${version}-${digest.hex.slice(0, 8)}`);
}

/** Throws a Trouble, or what the disk said. One at a time per agent, also among processes. */
export async function install(options: InstallOptions): Promise<Manifest> {
  const { agent, cache, offer } = options;
  const directory = cache.directory(agent);
  await ensureDirectory(directory);
  const turn = await takeTurn(directory, options.signal, () => options.onStep('wait', 0, null));
  try {
    await removeLeftovers(directory);
    // Of the one we waited for, maybe.
    const there = await cache.read(agent, keyOf(offer));
    return there ?? (await installLocked(options, directory));
  } finally {
    await turn.release();
  }
}

async function installLocked(options: InstallOptions, directory: string): Promise<Manifest> {
  const { agent, offer, cache, limits, signal, onStep } = options;
  const key = keyOf(offer);
  const file = join(directory, `${offer.digest.hex.slice(0, 16)}.partial`);
  await removeOtherDownloads(directory, file);
  await fetchVerified(options, file);

  const fresh = join(directory, `.new-${randomBytes(6).toString('hex')}`);
  await mkdir(fresh, { mode: 0o700 });
  try {
    onStep('unpack', 0, null);
    await unpack({ file, directory: fresh, offer, limits, signal });
    if (offer.digest.of === 'program') await verify(join(fresh, offer.program), options, file);
    await makeExecutable(fresh, offer.program);

    onStep('check', 0, null);
    const manifest: Manifest = {
      key,
      version: offer.version,
      reported: '',
      source: offer.source,
      host: offer.url.host,
      digest: `${offer.digest.algorithm}:${offer.digest.hex}`,
      program: offer.program,
      runsOn: offer.runsOn,
      installedAt: options.now(),
    };
    const argv = cache.argvIn(fresh, manifest);
    manifest.reported = await smokeRun({ argv, versionPattern: options.versionPattern, directory, signal });

    onStep('publish', 0, null);
    await writeFileAtomic(join(fresh, manifestName), JSON.stringify(manifest, null, 2));
    await syncTree(fresh);
    signal.throwIfAborted();
    const place = cache.place(agent, key);
    // There, but incomplete or damaged: otherwise it would have been found.
    if (await exists(place)) await cache.discard(agent, place);
    await rename(fresh, place);
    await sync(directory);
    await forgetDownload(file);
    return manifest;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** Twice at most: a beginning that went bad on this disk must not be in the way for ever. */
async function fetchVerified(options: InstallOptions, file: string): Promise<void> {
  const { offer, web, limits, signal, onStep } = options;
  for (const isLast of [false, true]) {
    const resumed = await exists(file);
    onStep('download', 0, null);
    await download({
      web,
      url: offer.url,
      path: file,
      limitBytes: limits.downloadBytes,
      signal,
      onBytes: (done, total) => onStep('download', done, total),
    });
    if (offer.digest.of === 'program') return;
    try {
      await verify(file, options, file);
      return;
    } catch (error) {
      if (isLast || !resumed || !(error instanceof Trouble)) throw error;
    }
  }
}

/** Of the whole, from the disk. What does not match is removed at once. */
async function verify(path: string, { offer, signal, onStep }: InstallOptions, downloaded: string): Promise<void> {
  onStep('verify', 0, null);
  const found = await digestOf(path, offer.digest.algorithm, signal);
  if (found === offer.digest.hex) return;
  await forgetDownload(downloaded);
  throw new Trouble(
    'integrity',
    `what came is not what was promised: its ${offer.digest.algorithm} begins with ${found.slice(0, 8)}, not ${offer.digest.hex.slice(0, 8)}`,
    { host: offer.url.host },
  );
}

/** Of installations that were killed. Safe under the lock. */
async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (/^\.(new|old|home)-/.test(name)) await rm(join(directory, name), { recursive: true, force: true });
  }
}

/** Beginnings of other versions. */
async function removeOtherDownloads(directory: string, file: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (name.endsWith('.partial') && path !== file) await forgetDownload(path);
  }
}

async function syncTree(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    await sync(join(entry.parentPath, entry.name));
  }
  await sync(directory);
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
