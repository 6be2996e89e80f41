// Keys of every text field. What is not bound here or by the field's owner types itself.
import type { EditorOperation } from '../state/editor.ts';
import { type Action, always } from './action.ts';

export const textActions: readonly Action[] = [
  editing(
    'text.backspace',
    { op: 'backspace' },
    ['backspace', 'ctrl+h', 'shift+backspace'],
    'Delete the character before.',
  ),
  editing('text.delete', { op: 'delete' }, ['delete', 'ctrl+d'], 'Delete the character under the cursor.'),
  editing('text.delete-word', { op: 'delete-word' }, ['ctrl+w', 'alt+backspace'], 'Delete the word before.'),
  editing('text.delete-to-start', { op: 'delete-to-start' }, ['ctrl+u'], 'Delete to the start of the line.'),
  editing('text.delete-to-end', { op: 'delete-to-end' }, ['ctrl+k'], 'Delete to the end of the line.'),
  editing('text.left', { op: 'left' }, ['left', 'ctrl+b'], 'Go left.'),
  editing('text.right', { op: 'right' }, ['right', 'ctrl+f'], 'Go right.'),
  editing('text.word-left', { op: 'word-left' }, ['alt+left', 'ctrl+left', 'alt+b'], 'Go back a word.'),
  editing('text.word-right', { op: 'word-right' }, ['alt+right', 'ctrl+right', 'alt+f'], 'Go on a word.'),
  editing('text.up', { op: 'up' }, ['up'], 'Go up a line.'),
  editing('text.down', { op: 'down' }, ['down'], 'Go down a line.'),
  editing('text.line-start', { op: 'line-start' }, ['home', 'ctrl+a'], 'Go to the start of the line.'),
  editing('text.line-end', { op: 'line-end' }, ['end', 'ctrl+e'], 'Go to the end of the line.'),
  editing('text.start', { op: 'text-start' }, ['ctrl+home'], 'Go to the start of the text.'),
  editing('text.end', { op: 'text-end' }, ['ctrl+end'], 'Go to the end of the text.'),
  editing('text.undo', { op: 'undo' }, ['ctrl+z', 'ctrl+_'], 'Take the last change back.'),
  editing('text.redo', { op: 'redo' }, ['ctrl+y', 'alt+z'], 'Make it again.'),
];

function editing(id: string, operation: EditorOperation, keys: readonly string[], description: string): Action {
  return {
    id,
    title: 'edit',
    description,
    keys,
    contexts: ['text'],
    palette: false,
    enabled: always,
    run: (context) => context.dispatch({ kind: 'text.edited', operation }),
  };
}
