// What can be done where a session works: a shell, an editor, and its program stopped for a while.
import type { Session } from '../../domain/session.ts';
import { startSize } from '../layout/start-size.ts';
import { hasProgram, isPaused } from '../state/select.ts';
import type { Action, ActionContext } from './action.ts';
import { attempt, onSelected } from './attempt.ts';
import { withSelected } from './sessions.ts';

const hasPlace = onSelected((session) => (session.problem === null ? true : session.problem.message));

export const workplaceActions: readonly Action[] = [
  {
    id: 'session.shell',
    title: 'shell',
    description: "Open a shell in the selected session's worktree, in a pane of its own.",
    keys: ['t'],
    contexts: ['panes'],
    enabled: hasPlace,
    run: (context) => withSelected(context, (session) => openBeside(context, session, [context.shell])),
  },
  {
    id: 'session.editor',
    title: 'editor',
    description: "Open the selected session's worktree in $VISUAL or $EDITOR, in a pane of its own.",
    keys: ['o'],
    contexts: ['panes'],
    enabled: hasPlace,
    run: (context) =>
      withSelected(context, (session) => openBeside(context, session, editorCommand(context.editor, context.shell))),
  },
  {
    id: 'session.pause',
    title: 'pause',
    description: 'Stop the program of the selected session for a while, with all it is doing; again: let it go on.',
    keys: ['p'],
    contexts: ['panes'],
    enabled: onSelected((session) => (hasProgram(session) ? true : 'the program is not running')),
    run: (context) =>
      withSelected(context, async (session) => {
        const paused = !isPaused(session);
        const call = context.backend.call('pause', { params: { id: session.id }, body: { paused } });
        if ((await attempt(context, call)) === null) return;
        context.toast(
          'info',
          paused ? `${session.label} is paused` : `${session.label} goes on`,
          paused ? 'p lets it go on' : null,
        );
      }),
  },
];

/** A program of the user in the session's directory, in a pane that takes the keys at once. */
async function openBeside(context: ActionContext, session: Session, argv: readonly string[]): Promise<void> {
  const title = `${argv[0]?.split('/').at(-1) ?? ''} in ${session.title}`.slice(0, 200);
  const body = { argv: [...argv], cwd: session.workplace.path, title, ...startSize(context.state()) };
  const reply = await attempt(context, context.backend.call('run', { body }));
  if (reply === null) return;
  context.dispatch({ kind: 'sessions.started', sessions: [reply.session] });
  context.dispatch({ kind: 'mode.set', mode: 'term' });
}

/** The directory is its argument. What is more than words goes through the shell, as the user wrote it. */
export function editorCommand(editor: string, shell: string): string[] {
  const words = editor.trim().split(/\s+/);
  return /^[\w@%+=:,./ -]+$/.test(editor) ? [...words, '.'] : [shell, '-c', `${editor} .`];
}
