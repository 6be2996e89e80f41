// The project's teardown command, run in a worktree that is about to be discarded: to stop what the setup started. It
// is bounded, and what goes wrong is told but keeps nothing from being discarded.
import { Failure, type FailureBody, toFailureBody } from '../../domain/failure.ts';
import { plainLine, plainText } from '../../domain/plain-text.ts';
import type { Session } from '../../domain/session.ts';
import { exec } from '../../platform/exec.ts';
import { exists } from '../../platform/files.ts';
import type { Context } from './context.ts';
import { projectCommand } from './project-command.ts';
import { readProjectFile } from './read-project-file.ts';

export const teardownPatienceMs = 60_000;
const keptBytes = 1 << 20;
const shownLines = 12;

/** Null when there is none or it succeeded, else what went wrong. Never throws. */
export async function runTeardown(
  context: Context,
  { id, project, workplace }: Session,
  timeoutMs: number = teardownPatienceMs,
): Promise<FailureBody | null> {
  if (project === null || workplace.kind !== 'worktree' || !(await exists(workplace.path))) return null;
  try {
    const command = (await readProjectFile(project.path))?.teardown;
    if (command === undefined) return null;
    const { argv, cwd, env } = projectCommand(context, { id, workplace }, project.path, command);
    const [file, ...args] = argv;
    const { exitCode, signal, trouble, stdout, stderr } = await exec(file, args, {
      cwd,
      env,
      timeoutMs,
      maxBytes: keptBytes,
      signal: context.closing,
    });
    if (exitCode === 0 && trouble === null) return null;
    const how =
      trouble === 'timeout'
        ? `did not end within ${timeoutMs / 1000} s`
        : trouble === 'too-much-output'
          ? 'was ended: it printed more than 1 MiB'
          : exitCode === null
            ? `was ended by ${signal ?? 'the system'}`
            : `exited with ${exitCode}`;
    return new Failure({
      code: 'teardown-failed',
      message: `the teardown command ${how}: ${plainLine(command).slice(0, 200)}`,
      remedy: 'the session was discarded all the same; end by hand what the command should have ended',
      detail: plainText(Buffer.concat([stdout, stderr]).toString('utf8'))
        .trimEnd()
        .split('\n')
        .slice(-shownLines)
        .join('\n'),
    }).toBody();
  } catch (error) {
    return toFailureBody(error);
  }
}
