// From a Failure to the exit code a script sees.
import { ExitCode } from '../domain/failure.ts';

export function exitCodeOf(code: string): number {
  if (code.startsWith('no-such-')) return ExitCode.notFound;
  return codes[code] ?? ExitCode.failure;
}

const codes: Record<string, number> = {
  usage: ExitCode.usage,
  'bad-request': ExitCode.usage,
  'unknown-agent': ExitCode.notFound,
  timeout: ExitCode.timeout,
  'no-server': ExitCode.server,
  'server-lost': ExitCode.server,
  'server-hangs': ExitCode.server,
  'server-stuck': ExitCode.server,
  'server-start': ExitCode.server,
  'server-reply': ExitCode.server,
  'version-mismatch': ExitCode.server,
  'not-a-server': ExitCode.server,
  'session-failed': ExitCode.sessionFailed,
};
