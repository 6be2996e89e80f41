// The composer's form: what its messages do to it.
import type { AgentInfo } from '../../domain/agent-info.ts';
import type { ComposerDefaults } from '../../domain/config.ts';
import { branchName } from '../../domain/names.ts';
import type { AppState, ComposerField, ComposerForm } from './app-state.ts';
import { firstObstacle, initialOptions } from './composer-options.ts';
import { createEditor, type EditorState } from './editor.ts';

const composerFields: readonly ComposerField[] = [
  'prompt',
  'agents',
  'mode',
  'permissions',
  'config',
  'model',
  'done',
  'base',
  'repo',
];

/** The fields there are now, in the order tab visits them. */
export function fieldsOf(form: ComposerForm): readonly ComposerField[] {
  const isThere = (field: ComposerField): boolean => {
    if (field === 'done') return form.options.mode === 'task';
    return field !== 'base' || form.branch === null;
  };
  return composerFields.filter(isThere);
}

/** Sessions one start may make; the server's own limit per agent is 16. */
export const MaximumCount = 16;

export function createComposer(repo: string, defaults: ComposerDefaults): ComposerForm {
  return {
    field: 'prompt',
    prompt: createEditor('', { multiline: true }),
    options: initialOptions(defaults),
    optionsTouched: false,
    model: createEditor(),
    branch: null,
    base: createEditor(),
    repo: createEditor(repo),
    agent: 0,
    counts: new Map(),
    touched: false,
    project: { state: 'loading' },
    sending: false,
    error: null,
  };
}

/**
 * Marks the configured agents, else the first that can be started, and goes to the row of the first marked one, so that
 * `+` makes it several. The user's own marks and row stay.
 */
export function markDefaults(
  form: ComposerForm,
  agents: readonly AgentInfo[],
  defaults: readonly string[],
): ComposerForm {
  if (form.touched) return form;
  const startable = agents.filter((agent) => agent.available.ok);
  const wanted = startable.filter((agent) => defaults.includes(agent.id));
  const marked = wanted.length > 0 ? wanted : startable.slice(0, 1);
  const row = agents.findIndex((agent) => marked.includes(agent));
  return {
    ...form,
    counts: new Map(marked.map((agent) => [agent.id, 1])),
    agent: form.field === 'agents' || row === -1 ? form.agent : row,
  };
}

export function setCount(form: ComposerForm, agent: string, count: number): ComposerForm {
  const counts = new Map(form.counts);
  if (count <= 0) counts.delete(agent);
  else counts.set(agent, Math.min(count, MaximumCount));
  return { ...form, counts, touched: true, error: null };
}

/**
 * After a start: the text goes, the choice of agents and the repository stay. `full` permissions hold for one start.
 */
export function clearPrompt(form: ComposerForm): ComposerForm {
  const { permissions } = form.options;
  const options = { ...form.options, permissions: permissions === 'full' ? 'ask' : permissions } as const;
  return {
    ...form,
    options,
    optionsTouched: false,
    branch: null,
    prompt: createEditor('', { multiline: true }),
    field: 'prompt',
    sending: false,
    error: null,
  };
}

export function focusedEditor(form: ComposerForm): EditorState | null {
  switch (form.field) {
    case 'prompt':
      return form.prompt;
    case 'base':
      return form.base;
    case 'repo':
      return form.repo;
    case 'model':
      return form.model;
    case 'agents':
    case 'mode':
    case 'permissions':
    case 'config':
    case 'done':
      return null;
  }
}

export function totalCount(form: ComposerForm): number {
  let total = 0;
  for (const count of form.counts.values()) total += count;
  return total;
}

/** Why the form cannot be sent, or null. */
export function composerObstacle(state: AppState): string | null {
  const form = state.composer;
  if (form.sending) return 'the sessions are being started';
  if (state.connection.state !== 'ready') return 'the server is not connected yet';
  if (form.project.state === 'failed') return form.project.failure.message;
  if (form.prompt.text.trim() === '') return 'type a prompt first';
  if (totalCount(form) === 0) return 'mark an agent first: tab, then space';
  if (form.branch !== null && totalCount(form) > 1) return 'a branch has one session: mark one agent, once';
  return firstObstacle(state);
}

/** The branches the server will most likely make; a taken name gets a number. Null while there is no prompt. */
export function branchPreview(form: ComposerForm): string | null {
  if (form.prompt.text.trim() === '') return null;
  return form.counts.size > 1 ? `${branchName(form.prompt.text)}-<agent>` : branchName(form.prompt.text);
}
