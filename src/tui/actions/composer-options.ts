// Changing the composer's fields that are one of a few values.
import type { ComposerField } from '../state/app-state.ts';
import {
  chosenValue,
  focusedOption,
  isOption,
  nextValue,
  type OptionField,
  type OptionValue,
  optionObstacle,
  optionTitles,
  valuesOf,
} from '../state/composer-options.ts';
import { type Action, type ActionContext, always } from './action.ts';

export const composerOptionActions: readonly Action[] = [
  {
    id: 'composer.choice-next',
    title: 'change',
    description: 'Take the next value of this field.',
    keys: ['space', 'right', 'l'],
    contexts: ['composer.choice'],
    bar: 31,
    palette: false,
    enabled: always,
    run: (context) => step(context, 1),
  },
  {
    id: 'composer.choice-previous',
    title: 'value before',
    description: 'Take the value before.',
    keys: ['left', 'h'],
    contexts: ['composer.choice'],
    palette: false,
    enabled: always,
    run: (context) => step(context, -1),
  },
  {
    id: 'composer.choice-list',
    title: 'list',
    description: 'Show every value of this field, what it means, and why one cannot be had.',
    keys: ['enter'],
    contexts: ['composer.choice'],
    bar: 32,
    palette: false,
    enabled: always,
    run: (context) => {
      const field = focusedOption(context.state().composer);
      return field === null ? undefined : showValues(context, field);
    },
  },
  {
    id: 'composer.choice-close',
    title: 'prompt',
    description: 'Go back to the prompt.',
    keys: ['escape'],
    contexts: ['composer.choice'],
    bar: 90,
    palette: false,
    enabled: always,
    run: (context) => context.dispatch({ kind: 'composer.field', field: 'prompt' }),
  },
  {
    id: 'composer.go-to-field',
    title: 'go to the field',
    description: 'Go to the field that is clicked, and show its values.',
    keys: [],
    contexts: ['composer'],
    palette: false,
    enabled: always,
    run: (context, key) => {
      const field = key as ComposerField;
      context.dispatch({ kind: 'composer.field', field });
      return isOption(field) ? showValues(context, field) : undefined;
    },
  },
];

function step(context: ActionContext, by: number): void {
  const { composer } = context.state();
  const field = focusedOption(composer);
  if (field !== null) take(context, field, nextValue(composer, field, by));
}

async function showValues(context: ActionContext, field: OptionField): Promise<void> {
  const values = valuesOf(field);
  const chosen = await context.choose({
    title: optionTitles[field],
    items: values.map(({ value, word, meaning }) => {
      const obstacle = optionObstacle(context.state(), field, value);
      return { label: word, hint: meaning, ...(obstacle === null ? {} : { disabled: obstacle }) };
    }),
    selected: values.indexOf(chosenValue(context.state().composer, field)),
  });
  const value = chosen === null ? undefined : values[chosen];
  if (value !== undefined) take(context, field, value);
}

function take(context: ActionContext, field: OptionField, { value }: OptionValue): void {
  const obstacle = optionObstacle(context.state(), field, value);
  if (obstacle === null) context.dispatch({ kind: 'composer.option', field, value });
  else context.toast('info', obstacle);
}
