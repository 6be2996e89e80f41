// Its permission and question dialogs are numbered choices in a frame, the selected one marked by a dot:
//
//   │ ● 1. Allow once                 │
//   │   2. Allow for this session     │
import type { Choice } from '../../domain/status.ts';
import { readNumberedQuestion } from '../numbered-choices.ts';

const dot = /^(\s*│?\s*)●(\s+[1-9]\.\s)/u;

export function readChoices(rows: readonly string[]): Choice[] {
  return readNumberedQuestion(rows.map((row) => row.replace(dot, '$1❯$2')))?.choices ?? [];
}
