// What can go wrong while a program is fetched, and how the user reads it: which step, which host, what to check.
import type { BootstrapStep } from '../../domain/binary.ts';
import { Failure } from '../../domain/failure.ts';
import { plainLine } from '../../domain/plain-text.ts';
import { errorCode, fileFailure } from '../../platform/files.ts';

export type TroubleKind =
  | 'network'
  | 'certificate'
  | 'stalled'
  | 'status'
  | 'redirect'
  | 'reply'
  | 'not-offered'
  | 'integrity'
  | 'too-large'
  | 'archive'
  | 'check'
  | 'busy';

interface TroubleFacts {
  host?: string | null;
  status?: number | null;
  isOffline?: boolean;
  cause?: unknown;
}

export class Trouble extends Error {
  override readonly name = 'Trouble';
  readonly kind: TroubleKind;
  /** Null for what happens on this machine. */
  readonly host: string | null;
  readonly status: number | null;
  /** There is no way to the host: not even a connection. */
  readonly isOffline: boolean;

  constructor(kind: TroubleKind, message: string, facts: TroubleFacts = {}) {
    super(message, { cause: facts.cause });
    this.kind = kind;
    this.host = facts.host ?? null;
    this.status = facts.status ?? null;
    this.isOffline = facts.isOffline ?? false;
  }
}

/** Trying the same again at once may help: the connection broke or was too slow. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Trouble)) return false;
  return error.kind === 'network' || error.kind === 'stalled' || (error.status ?? 0) >= 500 || error.status === 429;
}

/** Another source may do better. A wrong digest, the disk and the machine are told at once instead. */
export function mayAskAnother(error: unknown): boolean {
  if (!(error instanceof Trouble)) return false;
  return ['network', 'certificate', 'stalled', 'status', 'redirect', 'reply', 'not-offered'].includes(error.kind);
}

/** `what`: the agent and the version as far as it is known. */
export function bootstrapFailure(what: string, step: BootstrapStep, error: unknown): Failure {
  if (error instanceof Failure) {
    const { message, ...body } = error.toBody();
    return new Failure({ ...body, message: `${couldNot(step, what, null)}: ${message}` }, { cause: error });
  }
  if (error instanceof Trouble) {
    return new Failure(
      {
        code: `bootstrap-${error.kind}`,
        message: `${couldNot(step, what, error.host)}: ${plainLine(error.message)}`,
        remedy: remedyOf(error),
      },
      { cause: error },
    );
  }
  if (isDiskError(error)) return bootstrapFailure(what, step, fileFailure(error, 'write', 'the cache of agents'));
  return new Failure(
    {
      code: 'bootstrap-failed',
      message: `${couldNot(step, what, null)}: ${plainLine(error instanceof Error ? error.message : String(error))}`,
      remedy: 'try again; what was downloaded is kept',
    },
    { cause: error },
  );
}

/** The disk or its rules refuse: nothing that another source could do better. */
export function isDiskError(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'EMFILE'].includes(errorCode(error) ?? '');
}

/** The beginning of the sentence: which step, of what, and which host. */
function couldNot(step: BootstrapStep, what: string, host: string | null): string {
  const from = host === null ? '' : ` from ${host}`;
  switch (step) {
    case 'find':
      return `could not find ${what}${host === null ? '' : ` at ${host}`}`;
    case 'wait':
      return `could not wait for the installation of ${what}`;
    case 'download':
      return `could not download ${what}${from}`;
    case 'verify':
      return `could not verify ${what}${from}`;
    case 'unpack':
      return `could not unpack ${what}${from}`;
    case 'check':
      return `could not start ${what} to try it`;
    case 'publish':
      return `could not put ${what} in place`;
  }
}

function remedyOf({ kind, status }: Trouble): string {
  switch (kind) {
    case 'network':
    case 'stalled':
      return 'check the network, the firewall and the proxy (HTTPS_PROXY, or proxy in .npmrc), then try again: it goes on where it stopped';
    case 'certificate':
      return 'if a proxy of yours replaces certificates, name its CA in cafile of .npmrc or in NODE_EXTRA_CA_CERTS; else do not trust this network';
    case 'status':
      if (status === 401 || status === 403)
        return 'check the registry and its token in .npmrc, or the firewall, then try again';
      if (status === 407) return 'the proxy wants a name and a password: put them in HTTPS_PROXY or in proxy of .npmrc';
      if (status === 404)
        return 'check the version, and the registry in .npmrc or under "install" in config.json; a mirror may not have it yet';
      return 'the other side has trouble: try again later, or choose another source under "install" in config.json';
    case 'redirect':
    case 'reply':
      return 'check the proxy, and the registry in .npmrc or under "install" in config.json: something else answers there';
    case 'not-offered':
      return 'choose another version or source under "install" in config.json, or use a program of yours: sesame agents use-path';
    case 'integrity':
      return 'nothing of it was kept; try again, and if it stays so do not trust that mirror or proxy';
    case 'too-large':
    case 'archive':
      return 'nothing of it was kept; choose another version or source, and do not trust that mirror';
    case 'check':
      return 'the machine may lack what it needs; choose another version (sesame agents pin) or a program of yours (sesame agents use-path)';
    case 'busy':
      return 'wait until the other one is done, then try again';
  }
}
