// Every action there is, in the order help shows them.
import type { Action } from './action.ts';
import { answerActions } from './answers.ts';
import { composerActions } from './composer.ts';
import { composerOptionActions } from './composer-options.ts';
import { copyActions } from './copy.ts';
import { diffActions } from './diff.ts';
import { existingBranchActions } from './existing-branch.ts';
import { forkActions } from './fork.ts';
import { generalActions } from './general.ts';
import { navigationActions } from './navigation.ts';
import { searchActions } from './search.ts';
import { sessionActions } from './sessions.ts';
import { textActions } from './text.ts';
import { workplaceActions } from './workplace.ts';

export const allActions: readonly Action[] = [
  ...sessionActions,
  ...workplaceActions,
  ...existingBranchActions,
  ...forkActions,
  ...navigationActions,
  ...answerActions,
  ...generalActions,
  ...composerActions,
  ...composerOptionActions,
  ...copyActions,
  ...searchActions,
  ...diffActions,
  ...textActions,
];
