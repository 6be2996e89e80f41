// Which builds run on this machine, best first.
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { Target } from '../../agents/distribution.ts';
import { exec } from '../../platform/exec.ts';

export const Machine = z.object({
  platform: z.string(),
  arch: z.string(),
  /** Linux without glibc. */
  musl: z.boolean(),
  /** Processors of x64 machines without it need a baseline build. */
  avx2: z.boolean(),
});
export type Machine = z.infer<typeof Machine>;

/** Best first; empty when no agent is built for this machine. */
export function targetsOf({ platform, arch, musl, avx2 }: Machine): Target[] {
  if (platform === 'darwin' && arch === 'arm64') return ['darwin-arm64'];
  if (platform === 'darwin' && arch === 'x64') {
    return avx2 ? ['darwin-x64', 'darwin-x64-baseline'] : ['darwin-x64-baseline', 'darwin-x64'];
  }
  if (platform !== 'linux') return [];
  if (arch === 'arm64') return musl ? ['linux-arm64-musl'] : ['linux-arm64'];
  if (arch !== 'x64') return [];
  const usual: Target = musl ? 'linux-x64-musl' : 'linux-x64';
  const baseline: Target = musl ? 'linux-x64-baseline-musl' : 'linux-x64-baseline';
  // An agent without a baseline build is tried all the same: not every build needs AVX2, and it is started once to see.
  return avx2 ? [usual, baseline] : [baseline, usual];
}

/** Looks once; never throws. */
export async function readMachine(): Promise<Machine> {
  const { platform } = process;
  if (platform === 'darwin') {
    // An x64 Node under Rosetta runs on an arm64 machine: its own builds are faster, and the others may not run at all.
    const translated = (await sysctl('sysctl.proc_translated')) === '1';
    const arch = translated ? 'arm64' : process.arch;
    const avx2 = arch === 'x64' && (await sysctl('machdep.cpu.leaf7_features')).includes('AVX2');
    return { platform, arch, musl: false, avx2 };
  }
  return { platform, arch: process.arch, musl: platform === 'linux' && !hasGlibc(), avx2: await hasAvx2() };
}

function hasGlibc(): boolean {
  // Without this the report looks names of connected hosts up.
  Object.assign(process.report, { excludeNetwork: true });
  const report: unknown = process.report.getReport();
  if (typeof report !== 'object' || report === null || !('header' in report)) return true;
  const { header } = report;
  return typeof header === 'object' && header !== null && 'glibcVersionRuntime' in header;
}

async function hasAvx2(): Promise<boolean> {
  if (process.arch !== 'x64') return false;
  try {
    return /^flags\s*:.*\bavx2\b/m.test(await readFile('/proc/cpuinfo', 'utf8'));
  } catch {
    return true;
  }
}

async function sysctl(name: string): Promise<string> {
  const { stdout } = await exec('/usr/sbin/sysctl', ['-n', name], { env: { LC_ALL: 'C' }, timeoutMs: 5000 });
  return stdout.toString('utf8').trim();
}
