// docs/keys.md, made from the actions.
import { showKey } from '../keymap/key-name.ts';
import type { Action, Context } from './action.ts';

const titles: Record<Context, string> = {
  panes: 'Panes (CMD mode)',
  copy: 'Copy mode',
  search: 'Search in a pane, while typing',
  composer: 'Composer',
  'composer.agents': 'Composer, in the list of agents',
  'composer.choice': 'Composer, in a field with a few values',
  diff: 'Diff',
  inbox: 'Inbox',
  why: 'Why this status',
  ship: 'Ship',
  help: 'Help',
  palette: 'Palette',
  broadcast: 'Broadcast',
  'ship-dialog': 'Ship with a message',
  rename: 'Rename',
  fork: 'Fork',
  text: 'Text fields',
};

const opening = `# Keys

Made from the program's own table of actions; do not edit. \`UPDATE_GOLDEN=1 npm test -- keys-page\` writes it anew.

There are two modes, named at the left of the bottom line. In **TERM** every key goes to the program in the pane, except
the leader (\`ctrl+q\` unless \`"leader"\` in \`config.json\` says otherwise): it leads to **CMD**, where keys are commands.
The leader pressed twice goes to the program. \`Esc\` never leaves TERM: agents need it.

The last column is the name under which \`config.json\` can give an action other keys:
\`{ "keys": { "session.new": ["c", "ctrl+n"] } }\`.
`;

export function keysPage(actions: readonly Action[]): string {
  const sections = (Object.keys(titles) as Context[]).map((context) => {
    const rows = actions
      .filter((action) => action.contexts.includes(context))
      .map(({ id, keys, description }) => `| ${keyCell(keys)} | ${description.replaceAll('|', '\\|')} | \`${id}\` |`);
    return [`## ${titles[context]}`, '', '| keys | what it does | name |', '| --- | --- | --- |', ...rows, ''].join(
      '\n',
    );
  });
  return [opening, ...sections].join('\n');
}

function keyCell(keys: readonly string[]): string {
  if (keys.length === 0) return 'palette';
  return keys.map((key) => `\`${showKey(key).replaceAll('|', '\\|')}\``).join(' ');
}
