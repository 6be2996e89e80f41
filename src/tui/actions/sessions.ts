// What can be done with a session as a whole.

import type { SessionId } from '../../domain/ids.ts';
import { ignoredFilesText } from '../../domain/ignored-files.ts';
import { isLive } from '../../domain/live.ts';
import type { Session } from '../../domain/session.ts';
import { paneLayout } from '../layout/panes.ts';
import type { AppState } from '../state/app-state.ts';
import { createEditor } from '../state/editor.ts';
import { hasProgram, selectedSession, visitOrder } from '../state/select.ts';
import { type Action, type ActionContext, always } from './action.ts';
import { attempt, connected, onSelected } from './attempt.ts';
import { openComposer } from './composer.ts';
import { openDiff } from './diff.ts';

export const sessionActions: readonly Action[] = [
  {
    id: 'session.new',
    title: 'new',
    description: 'Write a prompt and start it on one or more agents.',
    keys: ['n'],
    contexts: ['panes'],
    bar: 10,
    enabled: always,
    run: (context) => openComposer(context, null),
  },
  {
    id: 'session.stop',
    title: 'stop',
    description: 'End the program of the selected session; the work stays. Again: hide the session.',
    keys: ['x'],
    contexts: ['panes'],
    bar: 76,
    enabled: onSelected(),
    run: (context) =>
      withSelected(context, async (session) => {
        const id = { params: { id: session.id } };
        if (isRunning(session)) {
          if ((await attempt(context, context.backend.call('stop', id))) === null) return;
          context.toast('info', `${session.label} is ending`, 'r starts it again, x hides the session');
        } else if ((await attempt(context, context.backend.call('archive', id))) !== null) {
          context.toast('info', `hid "${session.title}"`, 'u brings it back');
        }
      }),
  },
  {
    id: 'session.undo',
    title: 'undo',
    description: 'Bring back the session that was hidden or discarded last.',
    keys: ['u'],
    contexts: ['panes', 'composer.agents'],
    enabled: connected,
    run: async (context) => {
      const reply = await attempt(context, context.backend.call('undo', {}));
      if (reply !== null) context.toast('success', `undone: ${reply.undone}`);
    },
  },
  {
    id: 'session.resume',
    title: 'resume',
    description: 'Start the program again, on its conversation where the agent can; retries a failed setup.',
    keys: ['r'],
    contexts: ['panes'],
    bar: 77,
    enabled: onSelected((session) => (isRunning(session) ? 'the program is running' : true)),
    run: (context) =>
      withSelected(context, async (session) => {
        const inner = paneLayout(context.state()).panes.find((pane) => pane.session === session.id)?.inner;
        const body = inner === undefined ? {} : { cols: Math.max(2, inner.width), rows: Math.max(1, inner.height) };
        await attempt(context, context.backend.call('resume', { params: { id: session.id }, body }));
      }),
  },
  {
    id: 'session.discard',
    title: 'discard',
    description: 'Remove worktree and branch; what git does not ignore is kept for 30 days and undo brings it back.',
    keys: [],
    contexts: ['panes'],
    enabled: onSelected(),
    run: (context) =>
      withSelected(context, async (session) => {
        const reply = await attempt(context, context.backend.call('discard', { params: { id: session.id } }));
        if (reply === null) return;
        const without = reply.ignored === null ? '' : `, without ${ignoredFilesText(reply.ignored)}`;
        context.toast('info', `discarded "${session.title}"`, `u brings it back${without}`);
      }),
  },
  {
    id: 'session.rename',
    title: 'rename',
    description: 'Change the title of the selected session.',
    keys: [],
    contexts: ['panes'],
    enabled: onSelected(),
    run: (context) =>
      withSelected(context, (session) =>
        context.dispatch({
          kind: 'overlay.opened',
          overlay: { kind: 'rename', session: session.id, title: createEditor(session.title) },
        }),
      ),
  },
  {
    id: 'rename.accept',
    title: 'rename',
    description: 'Take the new title.',
    keys: ['enter'],
    contexts: ['rename'],
    palette: false,
    bar: 10,
    enabled: always,
    run: async (context) => {
      const { overlay } = context.state();
      if (overlay?.kind !== 'rename') return;
      const title = overlay.title.text.trim().slice(0, 200);
      context.dispatch({ kind: 'overlay.closed' });
      if (title === '') return;
      await attempt(context, context.backend.call('rename', { params: { id: overlay.session }, body: { title } }));
    },
  },
  {
    id: 'session.diff',
    title: 'diff',
    description: 'Show what the selected session changed.',
    keys: ['d'],
    contexts: ['panes', 'ship', 'inbox'],
    bar: 50,
    enabled: onSelected(hasWorktree),
    run: (context) => withSelected(context, (session) => openDiff(context, session.id)),
  },
  {
    id: 'session.diff-marked',
    title: 'diff of marked',
    description: 'Show what the marked sessions changed, one after the other: > and < go to the next and back.',
    keys: ['D'],
    contexts: ['panes'],
    enabled: (state) => {
      if (state.marks.size === 0) return 'nothing is marked: space marks a session, a marks all';
      return markedWithWorktree(state).length > 0 ? connected(state) : 'no marked session has a worktree';
    },
    run: (context) => {
      const among = markedWithWorktree(context.state());
      const [first] = among;
      return first === undefined ? undefined : openDiff(context, first, { among });
    },
  },
  {
    id: 'session.why',
    title: 'why',
    description: 'Show why the status is what it is: the signal, the rule, and the states before.',
    keys: ['w'],
    contexts: ['panes', 'inbox'],
    bar: 75,
    enabled: onSelected(),
    run: (context) =>
      withSelected(context, async (session) => {
        const report = { state: 'loading' } as const;
        context.dispatch({ kind: 'screen.opened', screen: { kind: 'why', session: session.id, report, top: 0 } });
        const value = await attempt(context, context.backend.call('why', { params: { id: session.id } }));
        if (value === null) context.dispatch({ kind: 'screen.closed' });
        else context.dispatch({ kind: 'why.loaded', session: session.id, report: { state: 'ready', value } });
      }),
  },
];

/** Runs `work` on the selected session, if there is one. */
export function withSelected<T>(context: ActionContext, work: (session: Session) => T): T | undefined {
  const session = selectedSession(context.state());
  return session === null ? undefined : work(session);
}

export function hasWorktree(session: Session): true | string {
  return session.workplace.kind === 'worktree' ? true : 'a plain program has no worktree';
}

function markedWithWorktree(state: AppState): SessionId[] {
  return visitOrder(state)
    .filter((session) => state.marks.has(session.id) && hasWorktree(session) === true)
    .map(({ id }) => id);
}

function isRunning(session: Session): boolean {
  const starts = session.status.state === 'starting' && isLive(session.status);
  return starts || hasProgram(session);
}
