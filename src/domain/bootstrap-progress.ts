// Progress of an installation in words, the same on every surface.
import type { BootstrapProgress, BootstrapStep } from './binary.ts';

export const stepWords: Record<BootstrapStep, string> = {
  find: 'looking for it',
  wait: 'another process is installing it; waiting',
  download: 'downloading',
  verify: 'comparing its checksum',
  unpack: 'unpacking',
  check: 'starting it once',
  publish: 'putting it in place',
};

/** `2.1.3 downloading 12 of 98 MB (12 %) from registry.example`. */
export function progressText({ step, version, host, doneBytes, totalBytes }: BootstrapProgress): string {
  const parts = [...(version === null ? [] : [version]), stepWords[step]];
  if (step === 'download' && totalBytes !== null && totalBytes > 0) {
    const percent = Math.floor((100 * doneBytes) / totalBytes);
    parts.push(`${megabytes(doneBytes)} of ${megabytes(totalBytes)} MB (${percent} %)`);
  } else if (step === 'download' && doneBytes > 0) parts.push(`${megabytes(doneBytes)} MB`);
  if (host !== null) parts.push(`from ${host}`);
  return parts.join(' ');
}

function megabytes(bytes: number): string {
  const value = bytes / 1e6;
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}
