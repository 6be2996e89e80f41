// Errors on the wire: {error: {code, message, remedy}} with the HTTP status a script expects.
import { Failure, type FailureBody, toFailureBody } from '../../domain/failure.ts';

export interface ErrorReply {
  status: 400 | 404 | 405 | 408 | 409 | 413 | 500 | 503;
  body: { error: FailureBody };
}

export function errorReply(error: unknown): ErrorReply {
  return { status: error instanceof Failure ? statusOf(error.code) : 500, body: { error: toFailureBody(error) } };
}

/** What the user asked for is wrong (400), missing (404), too much (413); else the state of things forbids it (409). */
function statusOf(code: string): ErrorReply['status'] {
  if (code.startsWith('no-such-')) return 404;
  return statuses[code] ?? 409;
}

const statuses: Record<string, ErrorReply['status']> = {
  'bad-json': 400,
  'bad-request': 400,
  'method-not-allowed': 405,
  'body-too-slow': 408,
  'body-too-large': 413,
  'server-starting': 503,
};

/** A request that does not fit the schema of its route. Names the first field that is wrong. */
export function badRequest(where: string, issues: ReadonlyArray<{ path: PropertyKey[]; message: string }>): Failure {
  const issue = issues[0];
  const path = (issue?.path ?? []).map(String).join('.');
  const field = path === '' ? where : path;
  return new Failure({
    code: 'bad-request',
    message: `${field}: ${issue?.message ?? 'not valid'}`,
    remedy: 'correct it and try again; src/protocol/routes.ts describes every request of the API',
  });
}
