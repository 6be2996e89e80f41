// The session's own configuration: no welcome tour, no updates, the permission level as rules, and a plugin that
// reports the thread's state. Amp has no folder trust, and asks for nothing unless a rule says so.
import type { PermissionLevel } from '../../domain/agent-info.ts';
import type { LaunchInput, PreparedFile } from '../agent.ts';
import { plugin } from './plugin.ts';

type Where = Pick<LaunchInput, 'configDirectory'>;

export function configHome({ configDirectory }: Where): string {
  return `${configDirectory}/config`;
}

export function dataHome({ configDirectory }: Where): string {
  return `${configDirectory}/data`;
}

export function settingsPath(where: Where): string {
  return `${configHome(where)}/amp/settings.json`;
}

/** What the plugin reports, one JSON per line. */
export function reportPath({ configDirectory }: Where): string {
  return `${configDirectory}/report.jsonl`;
}

export function prepare(input: LaunchInput): PreparedFile[] {
  if (input.ownConfig) return [];
  const files = [
    { path: 'config/amp/settings.json', content: json(settings(input.permissions)) },
    // Its welcome tour would swallow the prompt.
    { path: 'data/amp/session.json', content: json({ neoWelcomeDismissed: true }) },
    // Git of the agent's shell looks for the user's second configuration file in the directory that is ours now.
    { path: 'config/git/config', content: '[include]\n\tpath = ~/.config/git/config\n' },
  ];
  if (input.mode === 'interactive') {
    files.push(
      { path: 'config/amp/plugins/sesame.ts', content: plugin(reportPath(input)) },
      // What an earlier run wrote says nothing of this one.
      { path: 'report.jsonl', content: '' },
    );
  }
  return files.map((file) => ({ ...file, mode: 0o600 }));
}

interface Rule {
  tool: string;
  action: 'allow' | 'ask';
}

const allow = (tool: string): Rule => ({ tool, action: 'allow' });

/** Tools that only read, or end what was allowed before. */
const harmless = [
  'Read',
  'read_file',
  'view_media',
  'Grep',
  'glob',
  'finder',
  'librarian',
  'web_search',
  'read_web_page',
  'skill',
  'load_plugin',
  'reload_*',
  'shell_command_status',
  'shell_command_kill',
].map(allow);
const edits = ['apply_patch', 'create_file', 'edit_file', 'undo_edit', 'download_thread_*'].map(allow);
const askForTheRest: Rule = { tool: '*', action: 'ask' };

/** The first rule that fits a tool counts. */
const permissions: Record<PermissionLevel, object> = {
  ask: { 'amp.permissions': [...harmless, askForTheRest] },
  'accept-edits': { 'amp.permissions': [...harmless, ...edits, askForTheRest] },
  full: { 'amp.dangerouslyAllowAll': true },
};

function settings(level: PermissionLevel): object {
  return {
    'amp.updates.mode': 'disabled',
    'amp.terminal.animation': false,
    'amp.notifications.enabled': false,
    // Commits are the user's: no trailer, no co-author.
    'amp.git.commit.ampThread.enabled': false,
    'amp.git.commit.coauthor.enabled': false,
    ...permissions[level],
  };
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
