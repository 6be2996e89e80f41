// Inbox, answers, broadcast and ship.
import { toFailureBody } from '../../domain/failure.ts';
import type { Session } from '../../domain/session.ts';
import type { AppState } from '../state/app-state.ts';
import { createEditor } from '../state/editor.ts';
import { numberOf, selectedSession, shownSessions, takesKeys, waitingSessions } from '../state/select.ts';
import { type Action, type ActionContext, always } from './action.ts';
import { attempt, connected, onSelected } from './attempt.ts';
import { hasWorktree, withSelected } from './sessions.ts';

export const answerActions: readonly Action[] = [
  {
    id: 'inbox.open',
    title: 'inbox',
    description: 'Show the questions of every session that waits, and answer them with digits.',
    keys: ['i'],
    contexts: ['panes'],
    bar: 40,
    enabled: always,
    run: (context) => openInbox(context, waitingSessions(context.state())[0] ?? null),
  },
  {
    id: 'inbox.answer-selected',
    title: 'answer',
    description: "Answer the selected session's question.",
    keys: ['y'],
    contexts: ['panes'],
    enabled: onSelected((session) => (session.status.state === 'waiting' ? true : 'this session asks nothing')),
    run: (context) => withSelected(context, (session) => openInbox(context, session)),
  },
  {
    id: 'inbox.answer',
    title: 'answer',
    description: 'Answer the selected question. Refused when the screen changed since it was read.',
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    contexts: ['inbox'],
    bar: 10,
    palette: false,
    enabled: (state) => (inboxSession(state) === null ? 'nobody waits for you' : connected(state)),
    run: answer,
  },
  {
    id: 'inbox.next',
    title: 'select',
    description: 'Go to the next question.',
    keys: ['j', 'down', ']'],
    contexts: ['inbox'],
    bar: 20,
    palette: false,
    enabled: always,
    run: (context) => moveInbox(context, 1),
  },
  {
    id: 'inbox.previous',
    title: 'select',
    description: 'Go to the question before.',
    keys: ['k', 'up', '['],
    contexts: ['inbox'],
    palette: false,
    enabled: always,
    run: (context) => moveInbox(context, -1),
  },
  {
    id: 'inbox.enter',
    title: 'type',
    description: 'Go to the pane that asks and type there.',
    keys: ['enter'],
    contexts: ['inbox'],
    bar: 30,
    palette: false,
    enabled: (state) => (takesKeys(inboxSession(state)) ? true : 'nobody waits for you'),
    run: (context) => {
      const session = inboxSession(context.state());
      if (session === null) return;
      context.dispatch({ kind: 'screen.closed' });
      context.dispatch({ kind: 'session.selected', session: session.id });
      context.dispatch({ kind: 'mode.set', mode: 'term' });
    },
  },
  {
    id: 'broadcast.open',
    title: 'broadcast',
    description: 'Send one text to the marked sessions (or to the selected one).',
    keys: ['b'],
    contexts: ['panes'],
    enabled: (state) => (receivers(state).length === 0 ? 'no marked session is running: space marks one' : true),
    run: (context) => {
      const to = receivers(context.state()).map(({ id }) => id);
      const text = createEditor('', { multiline: true });
      context.dispatch({ kind: 'overlay.opened', overlay: { kind: 'broadcast', text, to } });
    },
  },
  {
    id: 'broadcast.send',
    title: 'send',
    description: 'Send the text.',
    keys: ['enter'],
    contexts: ['broadcast'],
    bar: 10,
    palette: false,
    enabled: (state) =>
      state.overlay?.kind === 'broadcast' && state.overlay.text.text.trim() === ''
        ? 'type the text first'
        : connected(state),
    run: broadcast,
  },
  {
    id: 'broadcast.newline',
    title: 'newline',
    description: 'Break the line.',
    keys: ['ctrl+j', 'alt+enter', 'shift+enter'],
    contexts: ['broadcast', 'ship-dialog', 'fork'],
    bar: 20,
    palette: false,
    enabled: always,
    run: (context) => context.dispatch({ kind: 'text.edited', operation: { op: 'newline' } }),
  },
  {
    id: 'ship.run',
    title: 'ship',
    description: 'Commit with hooks and push what the selected session made. A failed step can be tried again.',
    keys: ['s'],
    contexts: ['panes', 'diff', 'ship'],
    bar: 55,
    enabled: (state) => onSelected(canShip)(state),
    run: (context) => withSelected(context, (session) => ship(context, session, undefined, true)),
  },
  {
    id: 'ship.dialog',
    title: 'ship with message',
    description: 'Edit the commit message and choose whether to push, then ship.',
    keys: ['S'],
    contexts: ['panes', 'diff', 'ship'],
    enabled: (state) => onSelected(canShip)(state),
    run: (context) =>
      withSelected(context, (session) => {
        const message = createEditor('', { multiline: true });
        context.dispatch({
          kind: 'overlay.opened',
          overlay: { kind: 'ship', session: session.id, message, push: true },
        });
      }),
  },
  {
    id: 'ship.accept',
    title: 'ship',
    description: 'Commit with this message, and push if chosen. An empty message is made from the prompt and the diff.',
    keys: ['enter'],
    contexts: ['ship-dialog'],
    bar: 10,
    palette: false,
    enabled: connected,
    run: (context) => {
      const { overlay, sessions } = context.state();
      if (overlay?.kind !== 'ship') return;
      const session = sessions?.get(overlay.session);
      context.dispatch({ kind: 'overlay.closed' });
      const message = overlay.message.text.trim();
      if (session !== undefined) void ship(context, session, message === '' ? undefined : message, overlay.push);
    },
  },
  {
    id: 'ship.toggle-push',
    title: 'push yes/no',
    description: 'Push after the commit, or not.',
    keys: ['tab', 'ctrl+t'],
    contexts: ['ship-dialog'],
    bar: 30,
    palette: false,
    enabled: always,
    run: (context) => {
      const { overlay } = context.state();
      if (overlay?.kind === 'ship') context.dispatch({ kind: 'ship.push-set', push: !overlay.push });
    },
  },
];

/** The session whose question is selected in the inbox. */
export function inboxSession(state: AppState): Session | null {
  if (state.screen.kind !== 'inbox') return null;
  const waiting = waitingSessions(state);
  const { selected } = state.screen;
  return waiting.find((session) => session.id === selected) ?? waiting[0] ?? null;
}

function openInbox(context: ActionContext, session: Session | null): void {
  context.dispatch({ kind: 'screen.opened', screen: { kind: 'inbox', selected: session?.id ?? null } });
}

function moveInbox(context: ActionContext, by: number): void {
  const waiting = waitingSessions(context.state());
  const at = waiting.findIndex((session) => session.id === inboxSession(context.state())?.id);
  const next = waiting[Math.max(0, Math.min(waiting.length - 1, at + by))];
  if (next !== undefined) context.dispatch({ kind: 'inbox.selected', session: next.id });
}

async function answer(context: ActionContext, digit: string): Promise<void> {
  const session = inboxSession(context.state());
  if (session === null || session.status.state !== 'waiting') return;
  const { question } = session.status;
  if (question === null) {
    context.toast('info', 'this question has no choices sesame can read with certainty', 'enter goes to the pane');
    return;
  }
  const choice = question.choices.find((known) => known.digit === digit);
  if (choice === undefined) {
    context.toast('info', `${digit} is not one of the choices`);
    return;
  }
  const body = { digit, digest: question.digest };
  const reply = await attempt(context, context.backend.call('answer', { params: { id: session.id }, body }));
  if (reply !== null) {
    context.toast('success', `${numberOf(context.state(), session.id)} ${session.label}: ${choice.label}`);
  }
}

function receivers(state: AppState): Session[] {
  const marked = shownSessions(state).filter((session) => state.marks.has(session.id));
  const selected = selectedSession(state);
  return (marked.length > 0 ? marked : selected === null ? [] : [selected]).filter((session) => takesKeys(session));
}

async function broadcast(context: ActionContext): Promise<void> {
  const { overlay, sessions } = context.state();
  if (overlay?.kind !== 'broadcast') return;
  const body = { sessions: [...overlay.to], text: overlay.text.text };
  const reply = await attempt(context, context.backend.call('broadcast', { body }));
  if (reply === null) return;
  context.dispatch({ kind: 'overlay.closed' });
  const accepted = reply.receipts.filter(({ receipt }) => receipt === 'accepted').length;
  context.toast(
    accepted === reply.receipts.length ? 'success' : 'warning',
    `${accepted} of ${reply.receipts.length} took it`,
  );
  for (const { session, reason } of reply.receipts) {
    if (reason !== null) context.toast('warning', `${sessions?.get(session)?.title ?? session}: ${reason}`);
  }
}

/** Whether there is something to ship is the server's to say: the figures here may be older than the last change. */
function canShip(session: Session): true | string {
  if (session.problem !== null) return session.problem.message;
  return hasWorktree(session);
}

/** Shows the steps and starts; while one runs only the steps are shown, so that pressing twice ships once. */
async function ship(
  context: ActionContext,
  session: Session,
  message: string | undefined,
  push: boolean,
): Promise<void> {
  context.dispatch({ kind: 'screen.opened', screen: { kind: 'ship', session: session.id, refused: null } });
  if (context.state().sessions?.get(session.id)?.ship?.state === 'running') return;
  const body = { push, ...(message === undefined ? {} : { message }) };
  try {
    await context.backend.call('ship', { params: { id: session.id }, body });
  } catch (error) {
    context.dispatch({ kind: 'ship.refused', session: session.id, failure: toFailureBody(error) });
  }
}
