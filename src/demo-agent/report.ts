// What the agent tells its terminal besides drawing: OSC 7501 status and the title.
import { plainLine } from '../domain/plain-text.ts';

export type Report =
  | { state: 'working' | 'done' | 'idle' | 'error' | 'clear'; message?: string }
  | { state: 'blocked'; kind: 'permission' | 'question'; message: string };

export function reportSequence(report: Report): string {
  const fields = [`state=${report.state}`, 'app=sesame-demo'];
  if (report.state === 'blocked') fields.push(`kind=${report.kind}`);
  if (report.message !== undefined) fields.push(`msg=${Buffer.from(report.message.slice(0, 400)).toString('base64')}`);
  return `\u001b]7501;${fields.join(':')}\u001b\\`;
}

export function titleSequence(title: string): string {
  return `\u001b]2;${plainLine(title).slice(0, 80)}\u001b\\`;
}
