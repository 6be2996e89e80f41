// Help, palette, going back, themes, and leaving.
import { isLive } from '../../domain/live.ts';
import { contextsOf } from '../state/contexts.ts';
import { createEditor } from '../state/editor.ts';
import { paletteItems } from '../state/palette.ts';
import { isSilent, numberOf, shownSessions } from '../state/select.ts';
import { type Action, type ActionContext, always, type Context } from './action.ts';
import { attempt, connected } from './attempt.ts';
import { moveList } from './list.ts';
import { select } from './navigation.ts';

const screens = ['panes', 'diff', 'inbox', 'why', 'ship'] as const satisfies readonly Context[];

export const generalActions: readonly Action[] = [
  {
    id: 'palette.open',
    title: 'palette',
    description: 'Find a session or a command by name.',
    keys: [':', 'ctrl+p'],
    contexts: screens,
    enabled: always,
    run: openPalette,
  },
  {
    id: 'palette.open-from-text',
    title: 'palette',
    description: 'Find a session or a command by name, while writing a prompt.',
    keys: ['ctrl+p'],
    contexts: ['composer', 'composer.agents', 'composer.choice'],
    palette: false,
    enabled: always,
    run: openPalette,
  },
  {
    id: 'palette.run',
    title: 'go',
    description: 'Go to the session or run the command under the cursor.',
    keys: ['enter'],
    contexts: ['palette'],
    bar: 10,
    palette: false,
    enabled: always,
    run: runPalette,
  },
  {
    id: 'list.down',
    title: 'move',
    description: 'Go down in the list.',
    keys: ['down', 'ctrl+n'],
    contexts: ['palette', 'help'],
    bar: 20,
    palette: false,
    enabled: always,
    run: (context) => moveList(context, 1),
  },
  {
    id: 'list.up',
    title: 'move',
    description: 'Go up in the list.',
    keys: ['up', 'ctrl+k'],
    contexts: ['palette', 'help'],
    palette: false,
    enabled: always,
    run: (context) => moveList(context, -1),
  },
  {
    id: 'list.page-down',
    title: 'page down',
    description: 'Go down a page.',
    keys: ['pagedown'],
    contexts: ['palette', 'help', 'why'],
    palette: false,
    enabled: always,
    run: (context) => moveList(context, 10),
  },
  {
    id: 'list.page-up',
    title: 'page up',
    description: 'Go up a page.',
    keys: ['pageup'],
    contexts: ['palette', 'help', 'why'],
    palette: false,
    enabled: always,
    run: (context) => moveList(context, -10),
  },
  {
    id: 'why.down',
    title: 'scroll',
    description: 'Scroll down.',
    keys: ['j', 'down'],
    contexts: ['why'],
    bar: 10,
    palette: false,
    enabled: always,
    run: (context) => moveList(context, 1),
  },
  {
    id: 'why.up',
    title: 'scroll up',
    description: 'Scroll up.',
    keys: ['k', 'up'],
    contexts: ['why'],
    palette: false,
    enabled: always,
    run: (context) => moveList(context, -1),
  },
  {
    id: 'help.open',
    title: 'help',
    description: 'Show every key that works here, with its name in the configuration.',
    keys: ['?', 'f1'],
    contexts: screens,
    bar: 99,
    enabled: always,
    run: openHelp,
  },
  {
    id: 'help.open-from-text',
    title: 'help',
    description: 'Show every key that works here, while writing.',
    keys: ['f1'],
    contexts: ['composer', 'composer.agents', 'composer.choice', 'copy', 'search'],
    bar: 99,
    palette: false,
    enabled: always,
    run: openHelp,
  },
  {
    id: 'overlay.close',
    title: 'back',
    description: 'Close what lies over the screen.',
    keys: ['escape'],
    contexts: ['help', 'palette', 'broadcast', 'ship-dialog', 'rename', 'fork'],
    bar: 90,
    palette: false,
    enabled: always,
    run: (context) => context.dispatch({ kind: 'overlay.closed' }),
  },
  {
    id: 'screen.close',
    title: 'back',
    description: 'Go back to the panes.',
    keys: ['q', 'escape'],
    contexts: ['diff', 'inbox', 'why', 'ship'],
    bar: 80,
    palette: false,
    enabled: always,
    run: (context) => context.dispatch({ kind: 'screen.closed' }),
  },
  {
    id: 'theme.choose',
    title: 'theme',
    description: 'Change the colours.',
    keys: [','],
    contexts: ['panes'],
    enabled: always,
    run: async (context) => {
      const at = context.themes.indexOf(context.state().theme);
      const chosen = await context.choose({
        title: 'theme',
        items: context.themes.map((label) => ({ label })),
        selected: Math.max(0, at),
      });
      const theme = chosen === null ? undefined : context.themes[chosen];
      if (theme !== undefined) context.dispatch({ kind: 'theme.set', theme });
    },
  },
  {
    id: 'app.detach',
    title: 'detach',
    description: 'Leave sesame. Agents keep running; `sesame` comes back to them.',
    keys: ['q'],
    contexts: ['panes'],
    bar: 98,
    enabled: always,
    run: (context) => context.exit('detached'),
  },
  {
    id: 'app.suspend',
    title: 'suspend',
    description: 'Give the terminal back to the shell until `fg`. Agents keep running.',
    keys: ['ctrl+z'],
    contexts: screens,
    enabled: always,
    run: (context) => context.suspend(),
  },
  {
    id: 'mode.command',
    title: 'commands',
    description:
      'Leave the pane: keys are commands again. The leader key does this; pressed twice it goes to the program.',
    keys: [],
    contexts: ['panes'],
    palette: false,
    enabled: always,
    run: (context) => context.dispatch({ kind: 'mode.set', mode: 'cmd' }),
  },
  {
    id: 'app.detach-from-text',
    title: 'detach',
    description: 'Leave sesame while writing. The agents keep running.',
    keys: ['ctrl+c'],
    contexts: ['composer', 'composer.agents', 'composer.choice'],
    bar: 95,
    palette: false,
    enabled: always,
    run: (context) => context.exit('detached'),
  },
  {
    id: 'server.restart',
    title: 'restart the server',
    description: 'Put another server in place of one that does not answer. Agents keep running.',
    keys: ['ctrl+r'],
    contexts: [...screens, 'composer', 'composer.agents', 'composer.choice'],
    enabled: ({ connection }) =>
      isSilent(connection) || (connection.state === 'ready' ? 'the server answers' : 'there is none to be ended'),
    run: async (context) => {
      if (
        (await attempt(
          context,
          context.killServer().then(() => true),
        )) === null
      )
        return;
      // A second press must not hit the next one, which has not answered yet either.
      if (isSilent(context.state().connection)) {
        context.dispatch({ kind: 'connection.changed', connection: { state: 'connecting' } });
      }
    },
  },
  {
    id: 'server.stop',
    title: 'stop everything',
    description: 'Stop the server and every program. Shows what would end and asks.',
    keys: ['Q'],
    contexts: ['panes'],
    enabled: connected,
    run: async (context) => {
      const live = shownSessions(context.state()).filter((session) => session.run !== null && isLive(session.status));
      const lines = live
        .slice(0, 12)
        .map((session) => `${numberOf(context.state(), session.id)} ${session.label}  ${session.title}`);
      const more = live.length > 12 ? [`and ${live.length - 12} more`] : [];
      const yes = await context.confirm({
        title: 'stop the server?',
        lines:
          live.length === 0
            ? ['No program is running.']
            : [
                `${live.length === 1 ? 'One program ends' : `${live.length} programs end`}; the work stays:`,
                ...lines,
                ...more,
              ],
        yes: 'stop',
      });
      if (!yes) return;
      if ((await attempt(context, context.backend.call('stopServer', { body: { all: true } }))) !== null) {
        context.exit('stopped');
      }
    },
  },
];

function openPalette(context: ActionContext): void {
  context.dispatch({ kind: 'overlay.opened', overlay: { kind: 'palette', query: createEditor(), selected: 0 } });
}

function openHelp(context: ActionContext): void {
  const contexts = contextsOf(context.state());
  context.dispatch({ kind: 'overlay.opened', overlay: { kind: 'help', filter: createEditor(), top: 0, contexts } });
}

function runPalette(context: ActionContext): void {
  const state = context.state();
  if (state.overlay?.kind !== 'palette') return;
  const items = paletteItems(state, context.keymap);
  const item = items[Math.min(state.overlay.selected, items.length - 1)];
  if (item === undefined) return;
  if (item.kind === 'session') {
    context.dispatch({ kind: 'screen.closed' });
    select(context, item.session.id);
    return;
  }
  context.dispatch({ kind: 'overlay.closed' });
  context.perform(item.action.id);
}
