// From the server's rows and events to messages.
import { silentServer } from '../client/hello.ts';
import type { Backend } from './backend.ts';
import { noticeOf } from './notify.ts';
import type { AppState, Connection, Toast } from './state/app-state.ts';
import type { Message } from './state/message.ts';

export interface FollowHost {
  state(): AppState;
  dispatch(message: Message): void;
  toast(kind: Toast['kind'], text: string, remedy: string | null): void;
  alert(text: string): void;
  /** The server is reached, for the first time or again. */
  ready(): void;
}

/** Follows until the returned function is called. */
export function followBackend(backend: Backend, host: FollowHost): () => void {
  const { mirror } = backend;
  /** Each server's notices are shown once. */
  let told: number | null = null;
  const sync = (): void => {
    const connection = connectionOf(backend);
    const before = host.state().connection.state;
    host.dispatch({ kind: 'connection.changed', connection });
    if (connection.state !== 'ready') return;
    host.dispatch({ kind: 'sessions.loaded', sessions: [...mirror.sessions.values()], cost: mirror.cost });
    if (before !== 'ready') host.ready();
    if (mirror.state.kind === 'ready' && mirror.state.hello.pid !== told) {
      told = mirror.state.hello.pid;
      for (const { message, remedy } of mirror.state.hello.notices ?? []) host.toast('warning', message, remedy);
    }
  };
  const stop = mirror.onChange((event) => {
    if (event === null) {
      sync();
      return;
    }
    const before = host.state();
    host.dispatch({ kind: 'event.received', event });
    if (event.kind === 'run.clipboard') {
      host.dispatch({ kind: 'clipboard.asked', ask: { session: event.session, text: event.text } });
    }
    const session = event.session === null ? null : (host.state().sessions?.get(event.session) ?? null);
    const notice = noticeOf(event, before, session);
    if (notice?.toast) host.toast(notice.toast.kind, notice.toast.text, notice.toast.remedy);
    if (notice?.alert) host.alert(notice.alert);
  });
  sync();
  return stop;
}

function connectionOf(backend: Backend): Connection {
  const { state } = backend.mirror;
  switch (state.kind) {
    case 'connecting':
      return { state: 'connecting' };
    case 'ready':
      return { state: 'ready' };
    case 'lost':
    case 'refused':
      return { state: 'lost', failure: state.failure };
    case 'silent':
      return { state: 'lost', failure: silentServer };
    case 'stopped':
      return {
        state: 'lost',
        failure: {
          code: 'server-stopped',
          message: 'the sesame server was stopped',
          remedy: 'start it with `sesame server start`',
        },
      };
  }
}
