// From keys to actions: the records' default keys with the user's own in place of them.
import type { Action, Context } from '../actions/action.ts';
import { parseKeyName } from './key-name.ts';

export interface Keymap {
  /** The action of the first context that binds the key; null when none does. */
  find(contexts: readonly Context[], key: string): Action | null;
  keysOf(id: string): readonly string[];
  readonly actions: readonly Action[];
  /** What is wrong with the user's keys, a sentence each. The rest of the keys work. */
  readonly problems: readonly string[];
}

export function createKeymap(
  actions: readonly Action[],
  overrides: Readonly<Record<string, readonly string[]>>,
  leader: string,
): Keymap {
  const problems: string[] = [];
  const known = new Set(actions.map((action) => action.id));
  for (const id of Object.keys(overrides)) {
    if (!known.has(id)) problems.push(`keys: there is no action named "${id}"; help lists the names`);
  }
  const keys = new Map<string, readonly string[]>();
  const bound = new Map<string, Action>();
  for (const action of actions) {
    const given = overrides[action.id];
    const names = given === undefined ? action.keys : readKeys(action.id, given, leader, problems);
    keys.set(action.id, names);
  }
  // The user's own keys are bound first, so that a default never takes one away.
  const own = actions.filter((action) => overrides[action.id] !== undefined);
  for (const action of [...own, ...actions.filter((other) => !own.includes(other))]) {
    for (const name of keys.get(action.id) ?? []) {
      for (const context of action.contexts) {
        const place = `${context} ${name}`;
        const taken = bound.get(place);
        if (taken === undefined) bound.set(place, action);
        else if (taken !== action) {
          problems.push(`keys: "${name}" is both ${taken.id} and ${action.id} in ${context}; it does ${taken.id}`);
          keys.set(
            action.id,
            (keys.get(action.id) ?? []).filter((other) => other !== name),
          );
        }
      }
    }
  }
  return {
    actions,
    problems,
    keysOf: (id) => keys.get(id) ?? [],
    find: (contexts, key) => {
      for (const context of contexts) {
        const action = bound.get(`${context} ${key}`);
        if (action !== undefined) return action;
      }
      return null;
    },
  };
}

function readKeys(id: string, given: readonly string[], leader: string, problems: string[]): string[] {
  const names: string[] = [];
  for (const text of given) {
    const name = parseKeyName(text);
    if (name === null) problems.push(`keys: ${id}: "${text}" is not a key; write it like ctrl+k, alt+enter or f5`);
    else if (name === leader) problems.push(`keys: ${id}: "${name}" is the leader key`);
    else names.push(name);
  }
  return names;
}
