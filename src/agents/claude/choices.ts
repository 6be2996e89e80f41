// Its permission and question dialogs are numbered choices with a selector.
import type { Choice } from '../../domain/status.ts';
import { readNumberedQuestion } from '../numbered-choices.ts';

export function readChoices(rows: readonly string[]): Choice[] {
  return readNumberedQuestion(rows)?.choices ?? [];
}
