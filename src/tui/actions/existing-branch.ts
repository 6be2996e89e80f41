// A new session on a branch that is there already.
import { shorten } from '../../domain/names.ts';
import { formatAge } from '../widgets/status-text.ts';
import type { Action, ActionContext } from './action.ts';
import { attempt, connected } from './attempt.ts';
import { openComposer } from './composer.ts';

const subjectLimit = 28;

export const existingBranchActions: readonly Action[] = [
  {
    id: 'session.new-on-branch',
    title: 'on a branch',
    description: 'Choose a local or remote branch and start a session that works on it, instead of on one of its own.',
    keys: ['N'],
    contexts: ['panes'],
    enabled: connected,
    run: chooseBranch,
  },
];

async function chooseBranch(context: ActionContext): Promise<void> {
  const path = context.state().composer.repo.text.trim();
  const reply = await attempt(context, context.backend.call('branches', { body: { path } }));
  if (reply === null) return;
  const { branches } = reply;
  const chosen = await context.choose({
    title: 'work on which branch?',
    items: branches.map(({ name, subject, at, taken }) => ({
      label: name,
      hint: `${shorten(subject, subjectLimit)}  ${taken === null ? formatAge(context.now() - at) : 'in use'}`,
      ...(taken === null ? {} : { disabled: taken }),
    })),
    filterable: true,
    empty: 'no branch of that name',
  });
  const branch = chosen === null ? undefined : branches[chosen];
  if (branch !== undefined) openComposer(context, branch.name);
}
