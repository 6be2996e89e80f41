// Another session from where one stands.
import type { Session } from '../../domain/session.ts';
import { startSize } from '../layout/start-size.ts';
import type { AppState } from '../state/app-state.ts';
import { createEditor } from '../state/editor.ts';
import { type Action, type ActionContext, always } from './action.ts';
import { attempt, onSelected } from './attempt.ts';
import { withSelected } from './sessions.ts';

export const forkActions: readonly Action[] = [
  {
    id: 'session.fork',
    title: 'fork',
    description:
      'Start another session from where the selected one stands: its files in a worktree of their own, and a copy of its conversation.',
    keys: ['f'],
    contexts: ['panes'],
    bar: 74,
    enabled: (state) => onSelected((session) => canFork(state, session))(state),
    run: (context) =>
      withSelected(context, (session) => {
        const text = createEditor('', { multiline: true });
        context.dispatch({ kind: 'overlay.opened', overlay: { kind: 'fork', session: session.id, text } });
      }),
  },
  {
    id: 'fork.accept',
    title: 'fork',
    description: 'Fork the session. The text is its next turn; without one it waits for you.',
    keys: ['enter'],
    contexts: ['fork'],
    bar: 10,
    palette: false,
    enabled: always,
    run: fork,
  },
];

/** True, or why this session cannot be forked. The server checks the rest. */
export function canFork(state: AppState, session: Session): true | string {
  if (session.agent === null) return 'a plain program has no conversation';
  const agent = state.agents.find(({ id }) => id === session.agent);
  if (agent?.features.fork === false) return `${agent.name} cannot fork a conversation`;
  if (session.problem !== null) return session.problem.message;
  return session.conversation === null ? 'it has no conversation yet' : true;
}

async function fork(context: ActionContext): Promise<void> {
  const { overlay } = context.state();
  if (overlay?.kind !== 'fork') return;
  context.dispatch({ kind: 'overlay.closed' });
  const body = { prompt: overlay.text.text, ...startSize(context.state()) };
  const reply = await attempt(context, context.backend.call('fork', { params: { id: overlay.session }, body }));
  if (reply !== null) context.dispatch({ kind: 'sessions.started', sessions: [reply.session] });
}
