import { describe, expect, test } from 'vitest';
import { makeKey } from '../../terminal/keys.ts';
import { allActions } from '../actions/all.ts';
import { keyName, parseKeyName } from './key-name.ts';
import { createKeymap } from './keymap.ts';

describe('the names of keys', () => {
  test.each([
    [makeKey('n'), 'n'],
    [makeKey('N'), 'N'],
    [makeKey('?', { shift: true }), '?'],
    [makeKey('q', { ctrl: true }), 'ctrl+q'],
    [makeKey('tab', { shift: true }), 'shift+tab'],
    [makeKey('enter', { alt: true }), 'alt+enter'],
    [makeKey('space'), 'space'],
  ])('%j is %s', (key, name) => {
    expect(keyName(key)).toBe(name);
  });

  test.each([
    ['Ctrl+Q', 'ctrl+q'],
    ['control+p', 'ctrl+p'],
    ['esc', 'escape'],
    ['shift+n', 'N'],
    ['N', 'N'],
    ['ctrl++', 'ctrl++'],
    ['F5', 'f5'],
    ['alt+Return', 'alt+enter'],
    ['hyper+x', null],
    ['', null],
    ['two words', null],
  ])('a person may write %j', (written, name) => {
    expect(parseKeyName(written)).toBe(name);
  });
});

describe('the key table', () => {
  test('no two actions share a key in one place', () => {
    expect(createKeymap(allActions, {}, 'ctrl+q').problems).toEqual([]);
  });

  test('every default key is spelled as it is pressed, and none is the leader', () => {
    const odd = allActions.flatMap(({ id, keys }) =>
      keys.filter((key) => parseKeyName(key) !== key || key === 'ctrl+q').map((key) => `${id} ${key}`),
    );
    expect(odd).toEqual([]);
  });

  test('ids are unique', () => {
    expect(new Set(allActions.map(({ id }) => id)).size).toBe(allActions.length);
  });

  test("the user's keys replace the default ones", () => {
    const keymap = createKeymap(allActions, { 'session.new': ['c', 'ctrl+n'] }, 'ctrl+q');
    expect(keymap.find(['panes'], 'c')?.id).toBe('session.new');
    expect(keymap.find(['panes'], 'n')).toBeNull();
    expect(keymap.keysOf('session.new')).toEqual(['c', 'ctrl+n']);
  });

  test('a key taken from another action is reported and works for the one who asked', () => {
    const keymap = createKeymap(allActions, { 'session.new': ['d'] }, 'ctrl+q');
    expect(keymap.find(['panes'], 'd')?.id).toBe('session.new');
    expect(keymap.keysOf('session.diff')).toEqual([]);
    expect(keymap.problems.join()).toContain('"d" is both session.new and session.diff');
  });

  test('nonsense is reported in a sentence and the rest works', () => {
    const keymap = createKeymap(allActions, { 'no.such': ['x'], 'help.open': ['hyper+h', 'ctrl+q', 'H'] }, 'ctrl+q');
    expect(keymap.problems).toHaveLength(3);
    expect(keymap.find(['panes'], 'H')?.id).toBe('help.open');
  });
});
