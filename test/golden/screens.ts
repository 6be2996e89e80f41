// Every screen in a state worth looking at.
import { checkVersion } from '../../src/client/connect.ts';
import { silentServer } from '../../src/client/hello.ts';
import { type FailureBody, toFailureBody } from '../../src/domain/failure.ts';
import type { Hello } from '../../src/protocol/routes.ts';
import type { RunId } from '../../src/domain/ids.ts';
import type { AppState, Size } from '../../src/tui/state/app-state.ts';
import { createEditor } from '../../src/tui/state/editor.ts';
import { openSearch } from '../../src/tui/state/search.ts';
import { apply, baseState, fileDiff, makeSession, sessionId, sessions, statusOf, summary } from './fixture.ts';

export function screensOf(size: Size): Record<string, AppState> {
  const base = baseState(size);
  const composer = apply(baseState(size, []), {
    kind: 'text.edited',
    operation: { op: 'insert', text: 'add rate limiting to the login endpoint' },
  });
  const second = sessionId('s2bb');
  const diff = apply(
    base,
    {
      kind: 'screen.opened',
      screen: {
        kind: 'diff',
        diff: { session: sessionId('s1aa'), among: [], summary: { state: 'loading' }, file: 0, files: new Map(), top: 0, left: 0 },
      },
    },
    { kind: 'diff.summary', session: sessionId('s1aa'), summary: { state: 'ready', value: summary } },
  );
  const shipping = (ship: AppState['sessions'] extends infer _ ? NonNullable<(typeof sessions)[number]['ship']> : never): AppState =>
    apply(baseState(size, [{ ...makeSession('s1aa'), ship }]), {
      kind: 'screen.opened',
      screen: { kind: 'ship', session: sessionId('s1aa'), refused: null },
    });
  return {
    grid: base,
    'grid-marked-with-toast': apply(
      base,
      { kind: 'marks.set', marks: new Set([sessionId('s1aa'), sessionId('s3cc')]) },
      { kind: 'toast.shown', toast: { id: 1, kind: 'error', text: 'the push was rejected', remedy: 'pull first, then press s again' } },
    ),
    focus: apply(base, { kind: 'arrangement.set', arrangement: 'focus' }, { kind: 'session.selected', session: second }),
    'focus-typing': apply(base, { kind: 'arrangement.set', arrangement: 'focus' }, { kind: 'mode.set', mode: 'term' }),
    zoom: apply(base, { kind: 'arrangement.set', arrangement: 'zoom' }),
    'setup-failed': apply(
      baseState(size, [
        makeSession('s9zz', {
          run: null,
          diff: null,
          status: statusOf('failed', { reason: 'setup', message: 'npm ci ended with code 1' }),
        }),
        makeSession('s8yy', { run: null, diff: null, createdAt: 5, status: statusOf('starting') }),
      ]),
      phase('s9zz', 'worktree', 'done', null),
      phase('s9zz', 'setup', 'failed', 'npm ERR! missing script'),
      phase('s8yy', 'worktree', 'started', null),
    ),
    composer,
    'composer-agents': apply(
      composer,
      { kind: 'composer.field', field: 'agents' },
      { kind: 'composer.count', agent: 'codex', count: 2 },
      { kind: 'composer.agent', index: 1 },
    ),
    'composer-options': apply(
      composer,
      { kind: 'composer.option', field: 'mode', value: 'task' },
      { kind: 'composer.option', field: 'permissions', value: 'full' },
      { kind: 'composer.option', field: 'done', value: 'push' },
      { kind: 'composer.field', field: 'model' },
      { kind: 'text.edited', operation: { op: 'insert', text: 'opus-4.5' } },
      { kind: 'composer.field', field: 'permissions' },
    ),
    'composer-on-branch': apply(composer, { kind: 'composer.branch', branch: 'origin/rate-limits' }),
    'composer-agent-cannot': apply(
      composer,
      { kind: 'composer.option', field: 'mode', value: 'task' },
      { kind: 'composer.count', agent: 'gemini', count: 1 },
    ),
    paused: baseState(size, [
      makeSession('s1aa', { run: { id: 's1aa-1' as RunId, pid: 4242, cols: 78, rows: 20, paused: true } }),
    ]),
    'diff-among': apply(diff, {
      kind: 'screen.opened',
      screen: {
        kind: 'diff',
        diff: {
          session: sessionId('s3cc'),
          among: [sessionId('s1aa'), sessionId('s3cc')],
          summary: { state: 'ready', value: summary },
          file: 0,
          files: new Map([['src/auth/login.ts', { state: 'ready', value: fileDiff }]]),
          top: 0,
          left: 0,
        },
      },
    }),
    'full-permissions': baseState(size, [makeSession('s1aa', { permissions: 'full' }), makeSession('s2bb')]),
    'composer-no-repository': apply(baseState(size, []), {
      kind: 'composer.project',
      project: {
        state: 'failed',
        failure: {
          code: 'not-a-repository',
          message: '/home/ada is not inside a git repository',
          remedy: 'go to one, or make one with `git init`',
        },
      },
    }),
    'diff-loading': diff,
    diff: apply(diff, {
      kind: 'diff.file',
      session: sessionId('s1aa'),
      path: 'src/auth/login.ts',
      diff: { state: 'ready', value: fileDiff },
    }),
    inbox: apply(base, { kind: 'screen.opened', screen: { kind: 'inbox', selected: second } }),
    'inbox-empty': apply(baseState(size, sessions.slice(0, 1)), {
      kind: 'screen.opened',
      screen: { kind: 'inbox', selected: null },
    }),
    'ship-running': shipping({ state: 'running', step: 'commit', output: 'husky > pre-commit\nlint ok' }),
    'ship-failed': shipping({
      state: 'failed',
      step: 'push',
      failure: {
        code: 'push-rejected',
        message: 'the remote has commits that this branch does not have',
        remedy: 'rename the branch or pull, then ship again',
        detail: '! [rejected] sesame/login-form -> sesame/login-form (fetch first)',
      },
      at: 0,
    }),
    'ship-done': shipping({
      state: 'done',
      result: { commit: '7'.repeat(40), branch: 'sesame/login-form', pushed: true, remote: 'origin', pullRequest: null },
      at: 0,
    }),
    why: apply(
      base,
      { kind: 'screen.opened', screen: { kind: 'why', session: second, report: { state: 'loading' }, top: 0 } },
      {
        kind: 'why.loaded',
        session: second,
        report: {
          state: 'ready',
          value: { status: statusOf('waiting'), history: [statusOf('starting'), statusOf('working')] },
        },
      },
    ),
    help: apply(base, {
      kind: 'overlay.opened',
      overlay: { kind: 'help', filter: createEditor(), top: 0, contexts: ['panes'] },
    }),
    palette: apply(base, {
      kind: 'overlay.opened',
      overlay: { kind: 'palette', query: createEditor('s'), selected: 1 },
    }),
    'ship-dialog': apply(base, {
      kind: 'overlay.opened',
      overlay: {
        kind: 'ship',
        session: sessionId('s1aa'),
        message: createEditor('Add a login form\n\nWith validation.', { multiline: true }),
        push: true,
      },
    }),
    broadcast: apply(base, {
      kind: 'overlay.opened',
      overlay: { kind: 'broadcast', text: createEditor('', { multiline: true }), to: [sessionId('s1aa'), second] },
    }),
    fork: apply(baseState(size, [makeSession('s1aa', { permissions: 'full' })]), {
      kind: 'overlay.opened',
      overlay: { kind: 'fork', session: sessionId('s1aa'), text: createEditor('try it with a queue', { multiline: true }) },
    }),
    copy: apply(base, {
      kind: 'copy.set',
      copy: {
        session: sessionId('s1aa'),
        top: 38,
        line: 41,
        col: 9,
        anchor: { line: 39, col: 2 },
        linewise: false,
        mouse: false,
      },
    }),
    'search-typing': apply(
      base,
      { kind: 'copy.set', copy: openSearch(copyTop, null, { line: 60, col: 0 }) },
      { kind: 'text.edited', operation: { op: 'insert', text: 'line' } },
    ),
    'search-found': found(base),
    'server-silent': apply(base, { kind: 'mode.set', mode: 'term' }, { kind: 'connection.changed', connection: silent }),
    'server-older': apply(base, {
      kind: 'connection.changed',
      connection: {
        state: 'lost',
        failure: older(),
      },
    }),
    'server-lost': apply(base, {
      kind: 'connection.changed',
      connection: {
        state: 'lost',
        failure: { code: 'server-lost', message: 'the sesame server went away', remedy: 'it is being started again' },
      },
    }),
  };
}

/** What the client says of a server that is older than itself. */
function older(): FailureBody {
  try {
    checkVersion({ name: 'sesame', version: '0.1.0', api: 0, pid: 4242 } as Hello);
  } catch (error) {
    return toFailureBody(error);
  }
  throw new Error('it was taken as it is');
}

const silent = { state: 'lost', failure: silentServer } as const;
const copyTop = { session: sessionId('s1aa'), top: 40, line: 45, col: 0, anchor: null, linewise: false, mouse: false };

/** The search has stopped at a place. */
function found(base: AppState): AppState {
  const typed = apply(
    base,
    { kind: 'copy.set', copy: openSearch(copyTop, null, { line: 60, col: 0 }) },
    { kind: 'text.edited', operation: { op: 'insert', text: 'line' } },
  );
  const ask = typed.copy?.search?.ask;
  if (ask === null || ask === undefined) throw new Error('nothing was asked');
  const match = { from: { line: 44, col: 0 }, to: { line: 44, col: 3 } };
  return apply(typed, { kind: 'search.answered', ask, answer: { match, top: 40 } }, { kind: 'search.accepted' });
}

function phase(
  session: string,
  name: 'worktree' | 'setup',
  state: 'started' | 'done' | 'failed',
  detail: string | null,
): Parameters<typeof apply>[1] {
  const event = { kind: 'worktree.phase', seq: 1, at: 0, session: sessionId(session), phase: name, state, detail } as const;
  return { kind: 'event.received', event };
}
