// An event as one line for people.
import type { AgentEvent } from '../domain/agent-event.ts';
import { progressText } from '../domain/bootstrap-progress.ts';
import type { SesameEvent } from '../domain/event.ts';
import { plainLine } from '../domain/plain-text.ts';
import { usageText } from './usage-text.ts';

export function eventLine(event: SesameEvent): string {
  const time = new Date(event.at).toISOString().slice(11, 19);
  return [time, event.session ?? '-', event.kind, plainLine(detail(event))].filter((part) => part !== '').join('  ');
}

function agentDetail(event: AgentEvent): string {
  switch (event.type) {
    case 'message':
      return `${event.role}: ${plainLine(event.text)}`;
    case 'tool':
      return `${event.name} ${event.state}  ${plainLine(event.detail)}`;
    case 'file':
      return `${event.change} ${event.path}`;
    case 'error':
      return `${event.reason}: ${plainLine(event.message)}`;
    case 'usage':
      return usageText(event.usage);
    case 'conversation':
      return event.id;
    case 'done':
      return `${event.ok ? 'done' : 'failed'}  ${plainLine(event.message ?? '')}`;
  }
}

function detail(event: SesameEvent): string {
  switch (event.kind) {
    case 'session.created':
      return `${event.value.label}  ${event.value.title}`;
    case 'session.renamed':
      return event.title;
    case 'session.problem':
      return event.problem?.message ?? 'solved';
    case 'session.discarded':
      return event.trash?.ref ?? '';
    case 'worktree.phase':
      return `${event.phase} ${event.state}${event.detail === null ? '' : `  ${event.detail}`}`;
    case 'worktree.ready':
      return event.workplace.path;
    case 'run.started':
      return `pid ${event.run.pid ?? '-'}`;
    case 'run.resized':
      return `${event.cols}x${event.rows}`;
    case 'run.paused':
      return event.paused ? 'stopped for a while' : 'goes on';
    case 'run.status':
      return `${event.status.state}  ${event.status.message ?? ''}  (${event.status.evidence.rule})`;
    case 'run.notified':
      return event.text;
    case 'run.exited':
      return event.exitSignal ? `signal ${event.exitSignal}` : `code ${event.code ?? '?'}`;
    case 'agent.event':
      return agentDetail(event.event);
    case 'usage':
      return usageText(event.usage);
    case 'files.changed':
      return `${event.diff.files} ${event.diff.files === 1 ? 'file' : 'files'}, +${event.diff.insertions} -${event.diff.deletions}`;
    case 'bootstrap.progress':
      return `${event.agent}  ${progressText(event.progress)}`;
    case 'bootstrap.ready':
      return `${event.agent} ${event.version}`;
    case 'bootstrap.failed':
      return event.failure.message;
    case 'ship.step':
      return event.step;
    case 'ship.done':
      return `${event.result.commit ?? 'no commit'}${event.result.pushed ? ', pushed' : ''}`;
    case 'ship.failed':
      return `${event.step}: ${event.failure.message}`;
    case 'error':
      return event.failure.message;
    default:
      return '';
  }
}
