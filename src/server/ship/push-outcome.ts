// What came of a push: the machine-readable lines of `git push --porcelain`, and the words around them, turned into
// what happened and what to do. Pure.
import type { FailureBody } from '../../domain/failure.ts';

export interface PushReport {
  exitCode: number | null;
  stdout: string;
  /** Already clean: no control characters, no passwords. */
  words: string;
  branch: string;
  /** The remote as it may be shown. */
  remote: string;
  worktree: string;
  /** The user has a pre-push hook, which may be who refused. */
  hook: boolean;
}

/** Null when the branch is on the remote now, whether it was sent or was there already. */
export function pushFailure(report: PushReport): FailureBody | null {
  const line = refLine(report.stdout, report.branch);
  if (report.exitCode === 0 && line?.flag !== '!') return null;
  const detail = { detail: report.words };
  if (line?.flag === '!') return { ...ofRefusal(line.summary, report), ...detail };
  for (const { pattern, body } of troubles) {
    if (pattern.test(report.words)) return { ...body(report), ...detail };
  }
  if (report.hook && !/^fatal:/m.test(report.words)) {
    return {
      code: 'hook-failed',
      message: 'the pre-push hook refused the push; the commit is made and stays',
      remedy: 'correct what the hook complains about, then ship again',
      ...detail,
    };
  }
  return {
    code: 'push-failed',
    message: `the push to ${report.remote} failed; the commit is made and stays`,
    remedy: 'see what git said, then ship again',
    ...detail,
  };
}

/** The line of our refspec: `<flag>\t<from>:<to>\t<summary>`. */
function refLine(stdout: string, branch: string): { flag: string; summary: string } | null {
  for (const line of stdout.split('\n')) {
    const [flag, refs, summary] = line.split('\t');
    if (flag !== undefined && refs?.endsWith(`:refs/heads/${branch}`)) return { flag, summary: summary ?? '' };
  }
  return null;
}

function ofRefusal(summary: string, report: PushReport): FailureBody {
  const reason = /\(([^()]*)\)\s*$/.exec(summary)?.[1] ?? summary;
  if (/non-fast-forward|fetch first|needs force/.test(reason)) {
    return {
      code: 'push-behind',
      message: `${report.branch} on ${report.remote} has commits that are not here, so the push was refused`,
      remedy: `in ${report.worktree}: git pull --rebase '${report.remote}' ${report.branch}, then ship again`,
    };
  }
  if (/stale info/.test(reason)) {
    return {
      code: 'push-stale',
      message: `${report.branch} on ${report.remote} changed meanwhile, so the push was refused`,
      remedy: 'fetch, look at what changed, then ship again',
    };
  }
  if (/unpack|remote failure|internal/.test(reason)) {
    return {
      code: 'remote-trouble',
      message: `${report.remote} could not store the push: ${reason}`,
      remedy: 'the trouble is on the remote side; try again later or tell who runs it',
    };
  }
  return {
    code: 'push-refused',
    message: `${report.remote} refused the push: ${reason}`,
    remedy: 'read what the remote says; the commit is made and stays, so ship again when it is allowed',
  };
}

const kept = 'the commit is made and stays';

const troubles: ReadonlyArray<{ pattern: RegExp; body: (report: PushReport) => FailureBody }> = [
  {
    pattern:
      /Authentication failed|could not read (?:Username|Password)|terminal prompts disabled|Permission denied \(|HTTP (?:Basic: Access denied|40[13])|returned error: 40[13]|Invalid username or/i,
    body: ({ remote }) => ({
      code: 'push-auth',
      message: `${remote} did not accept your credentials; ${kept}`,
      remedy: 'give git a credential that may push there (git credential helper, SSH key or agent), then ship again',
    }),
  },
  {
    pattern: /Could not resolve host|Name or service not known|Temporary failure in name resolution/i,
    body: ({ remote }) => ({
      code: 'host-unknown',
      message: `the host of ${remote} was not found; ${kept}`,
      remedy: 'check the network and the address of the remote (git remote -v), then ship again',
    }),
  },
  {
    pattern: /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/i,
    body: ({ remote }) => ({
      code: 'host-key',
      message: `the key of the host of ${remote} is not known or has changed; ${kept}`,
      remedy: 'connect to it once with ssh, compare the key and accept it, then ship again',
    }),
  },
  {
    pattern:
      /repository '.*' not found|Repository not found|does not appear to be a git repository|returned error: 404|does not exist|No such file or directory/i,
    body: ({ remote }) => ({
      code: 'remote-gone',
      message: `there is no repository at ${remote}, or you may not see it; ${kept}`,
      remedy: 'correct the address with git remote set-url, then ship again',
    }),
  },
  {
    pattern:
      /Failed to connect|Connection (?:refused|timed out|reset|closed)|Couldn't connect|Network is unreachable|No route to host|Operation too slow|RPC failed|early EOF|hung up unexpectedly|unexpected disconnect|returned error: 5\d\d|SSL|certificate/i,
    body: ({ remote }) => ({
      code: 'push-network',
      message: `the connection to ${remote} failed; ${kept}`,
      remedy: 'check the network, then ship again',
    }),
  },
  {
    pattern: /transport '.*' not allowed/,
    body: ({ remote }) => ({
      code: 'remote-not-allowed',
      message: `${remote} names a program to run instead of a place, which is not used`,
      remedy: 'set an address that git can reach itself: git remote set-url',
    }),
  },
];
