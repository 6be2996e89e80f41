import { describe, expect, test } from 'vitest';
import { createEditor, EditorLimit, type EditorOperation, type EditorState, edit } from './editor.ts';

const typed = (text: string, ...operations: EditorOperation[]): EditorState =>
  operations.reduce(edit, createEditor(text, { multiline: true }));

/** The text with `|` where the cursor stands. */
const shown = (state: EditorState): string => `${state.text.slice(0, state.cursor)}|${state.text.slice(state.cursor)}`;

describe('an editor', () => {
  test.each<[string, EditorOperation[], string]>([
    ['ab', [{ op: 'left' }, { op: 'insert', text: 'x' }], 'ax|b'],
    ['a👩‍👩‍👧b', [{ op: 'left' }, { op: 'left' }], 'a|👩‍👩‍👧b'],
    ['a👩‍👩‍👧', [{ op: 'backspace' }], 'a|'],
    ['éa', [{ op: 'text-start' }, { op: 'delete' }], '|a'],
    ['one two  three', [{ op: 'word-left' }, { op: 'word-left' }], 'one |two  three'],
    ['one two', [{ op: 'text-start' }, { op: 'word-right' }], 'one| two'],
    ['one two ', [{ op: 'delete-word' }], 'one |'],
    ['ab\ncd', [{ op: 'up' }], 'ab|\ncd'],
    ['abc\nd\nefg', [{ op: 'up' }, { op: 'up' }], 'abc|\nd\nefg'],
    ['ab\ncd', [{ op: 'delete-to-start' }], 'ab\n|'],
    ['ab\ncd', [{ op: 'text-start' }, { op: 'delete-to-end' }], '|\ncd'],
    ['ab', [{ op: 'text-start' }, { op: 'left' }, { op: 'backspace' }], '|ab'],
    ['', [{ op: 'paste', text: 'a\r\nb\u001b[31mc\u0000\td' }], 'a\nb[31mc  d|'],
  ])('%j after %j reads %j', (text, operations, expected) => {
    expect(shown(typed(text, ...operations))).toBe(expected);
  });

  test('takes a run of typing back in one step, and a paste in its own', () => {
    const state = typed('', { op: 'insert', text: 'a' }, { op: 'insert', text: 'b' }, { op: 'paste', text: 'XY' });
    const once = edit(state, { op: 'undo' });
    expect(shown(once)).toBe('ab|');
    expect(shown(edit(once, { op: 'undo' }))).toBe('|');
    expect(shown(edit(once, { op: 'redo' }))).toBe('abXY|');
  });

  test('keeps to one line where there is one', () => {
    const state = edit(edit(createEditor(), { op: 'paste', text: 'a\nb' }), { op: 'newline' });
    expect(state.text).toBe('a b');
  });

  test('stops growing at its limit', () => {
    const state = typed('', { op: 'paste', text: 'x'.repeat(EditorLimit + 5) });
    expect(state.text.length).toBe(EditorLimit);
  });
});
