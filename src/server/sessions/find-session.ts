// From what a person types to a session.
import { Failure } from '../../domain/failure.ts';
import type { Session } from '../../domain/session.ts';
import type { Events } from '../events/events.ts';

/** By id, by 1-based position in the list, or by unique prefix of the title; listed sessions before archived ones. */
export function findSession(events: Events, text: string): Session {
  const wanted = text.trim();
  const all = events.sessions(true);
  const listed = events.sessions(false);
  const byId = all.find((session) => session.id === wanted.toLowerCase());
  if (byId !== undefined) return byId;
  if (/^[1-9][0-9]{0,5}$/.test(wanted)) {
    const byPosition = listed[Number(wanted) - 1];
    if (byPosition !== undefined) return byPosition;
  }
  for (const among of [listed, all]) {
    const found = byTitle(among, wanted);
    if (found !== null) return found;
  }
  throw new Failure({
    code: 'no-such-session',
    message: `there is no session ${JSON.stringify(wanted.slice(0, 80))}`,
    remedy: 'name one by its id, its number in `sesame ls`, or the beginning of its title',
  });
}

function byTitle(sessions: readonly Session[], wanted: string): Session | null {
  const prefix = wanted.toLowerCase();
  if (prefix === '') return null;
  const found = sessions.filter(({ title }) => title.toLowerCase().startsWith(prefix));
  const exact = found.filter(({ title }) => title.toLowerCase() === prefix);
  const [only] = exact.length === 1 ? exact : found;
  if (only === undefined) return null;
  if (found.length === 1 || exact.length === 1) return only;
  const names = found.slice(0, 8).map(({ id, label, title }) => `${id} (${label}: ${title})`);
  throw new Failure({
    code: 'ambiguous',
    message: `${found.length} sessions begin with ${JSON.stringify(wanted.slice(0, 80))}`,
    remedy: `name one by its id: ${names.join(', ')}${found.length > 8 ? ' …' : ''}`,
  });
}
