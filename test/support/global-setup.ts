// Builds the program once, so that tests which start the real processes run what users run.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export default function setup(): void {
  if (existsSync('build.js')) execFileSync(process.execPath, ['build.js'], { stdio: 'inherit' });
}
