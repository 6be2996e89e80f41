// The agents' programs leave files where temporary ones go, some of them for good: a directory of the run's own, which goes
// with it.
import { existsSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Made by Codex wherever TMPDIR is, and left empty. */
const fixedPlace = `/tmp/codex-daemon-${process.getuid?.() ?? ''}`;

export default function setup(): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'sa-'));
  process.env['TMPDIR'] = directory;
  const wasThere = existsSync(fixedPlace);
  return () => {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    if (!wasThere && existsSync(fixedPlace)) rmdirSync(fixedPlace);
  };
}
