// The composer: prompt first, every other field has a default.
import { toFailureBody } from '../../domain/failure.ts';
import { startSize } from '../layout/start-size.ts';
import { composerObstacle, fieldsOf, MaximumCount } from '../state/composer-form.ts';
import { rememberedOptions } from '../state/composer-options.ts';
import { type Action, type ActionContext, always } from './action.ts';

const everywhere = ['composer', 'composer.agents', 'composer.choice'] as const;

export const composerActions: readonly Action[] = [
  {
    id: 'composer.start',
    title: 'start',
    description: 'Start the prompt on every marked agent, each in its own worktree and pane.',
    keys: ['enter'],
    contexts: ['composer', 'composer.agents'],
    bar: 10,
    palette: false,
    enabled: (state) => composerObstacle(state) ?? true,
    run: start,
  },
  {
    id: 'composer.newline',
    title: 'newline',
    description: 'Break the line of the prompt.',
    keys: ['ctrl+j', 'alt+enter', 'shift+enter'],
    contexts: ['composer'],
    bar: 30,
    palette: false,
    enabled: (state) => (state.composer.field === 'prompt' ? true : 'this field has one line'),
    run: (context) => context.dispatch({ kind: 'text.edited', operation: { op: 'newline' } }),
  },
  {
    id: 'composer.next-field',
    title: 'fields',
    description: 'Go to the next field.',
    keys: ['tab'],
    contexts: everywhere,
    bar: 20,
    palette: false,
    enabled: always,
    run: (context) => void moveField(context, 1),
  },
  {
    id: 'composer.previous-field',
    title: 'field before',
    description: 'Go to the field before.',
    keys: ['shift+tab'],
    contexts: everywhere,
    palette: false,
    enabled: always,
    run: (context) => void moveField(context, -1),
  },
  {
    id: 'composer.toggle-number',
    title: 'toggle',
    description: 'Mark or unmark an agent by its number, from any field.',
    keys: [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((digit) => [`alt+${digit}`, `ctrl+${digit}`]),
    contexts: everywhere,
    bar: 40,
    palette: false,
    enabled: always,
    run: (context, key) => toggleAgent(context, Number(key.slice(-1)) - 1),
  },
  {
    id: 'composer.toggle-digit',
    title: 'toggle',
    description: 'Mark or unmark an agent by its number, in the list of agents.',
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    contexts: ['composer.agents'],
    palette: false,
    enabled: always,
    run: (context, key) => toggleAgent(context, Number(key) - 1),
  },
  {
    id: 'composer.toggle',
    title: 'mark',
    description: 'Mark or unmark the agent under the cursor.',
    keys: ['space'],
    contexts: ['composer.agents'],
    bar: 31,
    palette: false,
    enabled: always,
    run: (context) => toggleAgent(context, context.state().composer.agent),
  },
  {
    id: 'composer.more',
    title: 'one more',
    description: 'One more session of the agent under the cursor.',
    keys: ['+', '=', 'right'],
    contexts: ['composer.agents'],
    bar: 32,
    palette: false,
    enabled: always,
    run: (context) => changeCount(context, 1),
  },
  {
    id: 'composer.fewer',
    title: 'one fewer',
    description: 'One session of the agent under the cursor fewer.',
    keys: ['-', 'left'],
    contexts: ['composer.agents'],
    bar: 33,
    palette: false,
    enabled: always,
    run: (context) => changeCount(context, -1),
  },
  {
    id: 'composer.agent-next',
    title: 'next agent',
    description: 'Go to the next agent of the list.',
    keys: ['j', 'down'],
    contexts: ['composer.agents'],
    palette: false,
    enabled: always,
    run: (context) => moveAgent(context, 1),
  },
  {
    id: 'composer.agent-previous',
    title: 'agent before',
    description: 'Go to the agent before.',
    keys: ['k', 'up'],
    contexts: ['composer.agents'],
    palette: false,
    enabled: always,
    run: (context) => moveAgent(context, -1),
  },
  {
    id: 'composer.close',
    title: 'back',
    description: 'Go back to the panes; the text stays for the next time.',
    keys: ['escape'],
    contexts: ['composer', 'composer.agents'],
    bar: 90,
    palette: false,
    enabled: (state) => (state.selected === null ? 'there is no session to go back to: ctrl+c detaches' : true),
    run: (context) => context.dispatch({ kind: 'screen.closed' }),
  },
];

/** For a new session; on a branch that is there, or on one of its own. */
export function openComposer(context: ActionContext, branch: string | null): void {
  context.dispatch({ kind: 'screen.opened', screen: { kind: 'composer' } });
  context.dispatch({ kind: 'composer.branch', branch });
  context.dispatch({ kind: 'composer.field', field: 'prompt' });
  void inspectRepository(context);
}

/** Asks the server what the repository of the form looks like. */
export async function inspectRepository(context: ActionContext): Promise<void> {
  const form = context.state().composer;
  const path = form.repo.text.trim();
  const base = form.base.text.trim();
  if (context.state().connection.state !== 'ready') return;
  try {
    const value = await context.backend.call('inspect', { body: { path, ...(base === '' ? {} : { base }) } });
    if (context.state().composer.repo.text.trim() !== path) return;
    context.dispatch({ kind: 'composer.project', project: { state: 'ready', value } });
  } catch (error) {
    context.dispatch({ kind: 'composer.project', project: { state: 'failed', failure: toFailureBody(error) } });
  }
}

async function start(context: ActionContext): Promise<void> {
  const state = context.state();
  const form = state.composer;
  const base = form.base.text.trim();
  const model = form.model.text.trim();
  const { mode, permissions, config, done } = form.options;
  context.dispatch({ kind: 'composer.sending' });
  try {
    const { sessions } = await context.backend.call('create', {
      body: {
        prompt: form.prompt.text,
        agents: [...form.counts].map(([agent, count]) => ({ agent, count, ...(model === '' ? {} : { model }) })),
        repo: form.repo.text.trim(),
        ...(form.branch !== null ? { branch: form.branch } : base === '' ? {} : { base }),
        mode,
        permissions,
        config,
        ...(mode === 'task' && done !== 'keep' ? { ship: done } : {}),
        ...startSize(state),
      },
    });
    context.dispatch({ kind: 'composer.sent' });
    if (form.optionsTouched) context.remember(rememberedOptions(form.options));
    context.dispatch({ kind: 'sessions.started', sessions });
  } catch (error) {
    context.dispatch({ kind: 'composer.failed', failure: toFailureBody(error) });
  }
}

async function moveField(context: ActionContext, by: number): Promise<void> {
  const { composer } = context.state();
  const { field } = composer;
  const fields = fieldsOf(composer);
  const at = fields.indexOf(field) + by + fields.length;
  context.dispatch({ kind: 'composer.field', field: fields[at % fields.length] ?? 'prompt' });
  if (field === 'repo' || field === 'base') await inspectRepository(context);
}

function toggleAgent(context: ActionContext, index: number): void {
  const { agents, composer } = context.state();
  const agent = agents[index];
  if (agent === undefined) return;
  context.dispatch({ kind: 'composer.agent', index });
  if (!agent.available.ok) {
    context.toast('warning', `${agent.name} cannot be started: ${agent.available.reason}`, agent.available.remedy);
    return;
  }
  const count = (composer.counts.get(agent.id) ?? 0) > 0 ? 0 : 1;
  context.dispatch({ kind: 'composer.count', agent: agent.id, count });
}

function changeCount(context: ActionContext, by: number): void {
  const { agents, composer } = context.state();
  const agent = agents[composer.agent];
  if (agent === undefined || !agent.available.ok) return;
  const count = Math.min(MaximumCount, Math.max(0, (composer.counts.get(agent.id) ?? 0) + by));
  context.dispatch({ kind: 'composer.count', agent: agent.id, count });
}

function moveAgent(context: ActionContext, by: number): void {
  const { agents, composer } = context.state();
  const index = Math.max(0, Math.min(agents.length - 1, composer.agent + by));
  context.dispatch({ kind: 'composer.agent', index });
}
