// The fields of the composer that are one of a few values: what they can be, what that means, and why an agent that is
// marked cannot do it.
import type { AgentInfo, AgentMode, PermissionLevel } from '../../domain/agent-info.ts';
import type { ComposerDefaults } from '../../domain/config.ts';
import type { AutoShip, ConfigChoice } from '../../domain/session.ts';
import type { AppState, ComposerField, ComposerForm } from './app-state.ts';

export interface ComposerOptions {
  readonly mode: AgentMode;
  readonly permissions: PermissionLevel;
  readonly config: ConfigChoice;
  /** What follows when a task finishes well; means nothing for an interactive session. */
  readonly done: 'keep' | AutoShip;
}

export type OptionField = keyof ComposerOptions;

export interface OptionValue {
  readonly value: ComposerOptions[OptionField];
  readonly word: string;
  /** What it means, in a few words. */
  readonly meaning: string;
}

const optionValues = {
  mode: [
    { value: 'interactive', word: 'interactive', meaning: 'its own screen; you can type into it' },
    { value: 'task', word: 'task', meaning: 'runs the prompt to its end by itself' },
  ],
  permissions: [
    { value: 'ask', word: 'ask', meaning: 'asks before it edits or runs something' },
    { value: 'accept-edits', word: 'accept edits', meaning: 'edits files without asking' },
    { value: 'full', word: 'FULL', meaning: 'edits and runs anything without asking' },
  ],
  config: [
    { value: 'session', word: "session's own", meaning: 'nothing of your configuration is used' },
    { value: 'own', word: 'my config', meaning: 'your settings, servers, memory and sign-in' },
  ],
  done: [
    { value: 'keep', word: 'keep', meaning: 'leave the changes in the worktree' },
    { value: 'commit', word: 'commit', meaning: 'commit with your hooks, then hide it' },
    { value: 'push', word: 'push', meaning: 'commit and push its branch, then hide it' },
  ],
} as const satisfies { [F in OptionField]: ReadonlyArray<OptionValue & { value: ComposerOptions[F] }> };

export const optionTitles: Record<OptionField, string> = {
  mode: 'mode',
  permissions: 'permissions',
  config: 'config',
  done: 'when done',
};

export function initialOptions(defaults: ComposerDefaults): ComposerOptions {
  return {
    mode: defaults.mode ?? 'interactive',
    permissions: defaults.permissions ?? 'ask',
    config: defaults.config ?? 'session',
    done: 'keep',
  };
}

export function valuesOf(field: OptionField): readonly OptionValue[] {
  return optionValues[field];
}

export function isOption(field: ComposerField): field is OptionField {
  return field in optionValues;
}

/** The field the keys are in, when it is one of a few values. */
export function focusedOption(form: ComposerForm): OptionField | null {
  return isOption(form.field) ? form.field : null;
}

export function chosenValue(form: ComposerForm, field: OptionField): OptionValue {
  const values: readonly OptionValue[] = optionValues[field];
  return values.find(({ value }) => value === form.options[field]) ?? optionValues.mode[0];
}

/** The value `by` places further, around the end. */
export function nextValue(form: ComposerForm, field: OptionField, by: number): OptionValue {
  const values: readonly OptionValue[] = optionValues[field];
  const at = values.indexOf(chosenValue(form, field));
  return values[(at + by + values.length) % values.length] ?? chosenValue(form, field);
}

/** The form with this value. */
export function withOption(form: ComposerForm, field: OptionField, value: OptionValue['value']): ComposerForm {
  return { ...form, options: { ...form.options, [field]: value }, optionsTouched: true, error: null };
}

/** Why this value cannot be had with the agents that are marked, or null. */
export function optionObstacle(state: AppState, field: OptionField, value: OptionValue['value']): string | null {
  if (field === 'mode' && value === 'task') {
    const without = marked(state).find(({ features }) => !features.task);
    if (without !== undefined) return `${without.name} cannot run a task without its screen`;
  }
  if (field === 'permissions' && value !== 'ask') {
    const without = marked(state).find(({ features }) => !features.permissions);
    if (without !== undefined) return `${without.name} knows no permission levels: its own configuration decides`;
  }
  return null;
}

/** Why a marked agent cannot be given a model, or null. */
export function modelObstacle(state: AppState): string | null {
  const without = marked(state).find(({ features }) => !features.model);
  return without === undefined ? null : `${without.name} takes no model`;
}

/** The first thing the form asks for that a marked agent cannot do, or null. */
export function firstObstacle(state: AppState): string | null {
  const { options, model } = state.composer;
  return (
    optionObstacle(state, 'mode', options.mode) ??
    optionObstacle(state, 'permissions', options.permissions) ??
    (model.text.trim() === '' ? null : modelObstacle(state))
  );
}

/** The preferences worth keeping for the next time, by their keys in config.json; `full` permissions are not. */
export function rememberedOptions({ mode, permissions, config }: ComposerOptions): Record<string, string> {
  return {
    'composer.mode': mode,
    'composer.config': config,
    ...(permissions === 'full' ? {} : { 'composer.permissions': permissions }),
  };
}

function marked({ agents, composer }: AppState): AgentInfo[] {
  return agents.filter(({ id }) => composer.counts.has(id));
}
