// What can happen to the state. Everything is a value: a test can say what the program did by listing messages.
import type { AgentInfo } from '../../domain/agent-info.ts';
import type { DayCost } from '../../domain/day.ts';
import type { DiffSummary, FileDiff } from '../../domain/diff.ts';
import type { SesameEvent } from '../../domain/event.ts';
import type { FailureBody } from '../../domain/failure.ts';
import type { SessionId } from '../../domain/ids.ts';
import type { ProjectView } from '../../domain/project.ts';
import type { Session } from '../../domain/session.ts';
import type { SearchDirection } from '../../terminal/search.ts';
import type {
  AppState,
  Arrangement,
  ComposerField,
  Connection,
  CopyState,
  Loading,
  Mode,
  Overlay,
  Screen,
  Size,
  Toast,
  WhyReport,
} from './app-state.ts';
import type { OptionField, OptionValue } from './composer-options.ts';
import type { CopyExtent } from './copy-mode.ts';
import type { EditorOperation } from './editor.ts';
import type { SearchAnswer, SearchAsk } from './search.ts';

export type Message =
  | { kind: 'resized'; size: Size }
  | { kind: 'ticked'; now: number }
  | { kind: 'connection.changed'; connection: Connection }
  | { kind: 'sessions.loaded'; sessions: readonly Session[]; cost?: DayCost | null }
  | { kind: 'event.received'; event: SesameEvent }
  | { kind: 'agents.loaded'; agents: readonly AgentInfo[]; defaults: readonly string[] }
  | { kind: 'mode.set'; mode: Mode }
  | { kind: 'typing.refused'; session: SessionId; why: string }
  | { kind: 'arrangement.set'; arrangement: Arrangement }
  | { kind: 'session.selected'; session: SessionId }
  | { kind: 'marks.set'; marks: ReadonlySet<SessionId> }
  | { kind: 'screen.opened'; screen: Screen }
  | { kind: 'screen.closed' }
  | { kind: 'overlay.opened'; overlay: Overlay }
  | { kind: 'overlay.closed' }
  /** To the text field that has the keys. */
  | { kind: 'text.edited'; operation: EditorOperation }
  /** Moves in the list of the screen or overlay that has the keys. */
  /** `last`: the place further than which nothing is. */
  | { kind: 'list.moved'; by: number; last: number }
  | { kind: 'composer.field'; field: ComposerField }
  | { kind: 'composer.agent'; index: number }
  | { kind: 'composer.count'; agent: string; count: number }
  | { kind: 'composer.branch'; branch: string | null }
  | { kind: 'composer.option'; field: OptionField; value: OptionValue['value'] }
  | { kind: 'composer.project'; project: Loading<ProjectView> }
  | { kind: 'composer.sending' }
  /** The prompt was taken: the field is cleared. */
  | { kind: 'composer.sent' }
  /** Rows made on the user's word: shown at once, the first one selected. */
  | { kind: 'sessions.started'; sessions: readonly Session[] }
  | { kind: 'composer.failed'; failure: FailureBody }
  | { kind: 'diff.summary'; session: SessionId; summary: Loading<DiffSummary> }
  | { kind: 'diff.file'; session: SessionId; path: string; diff: Loading<FileDiff> }
  | { kind: 'diff.shown'; file: number }
  | { kind: 'diff.scrolled'; top: number; left: number }
  | { kind: 'inbox.selected'; session: SessionId }
  | { kind: 'why.loaded'; session: SessionId; report: Loading<WhyReport> }
  | { kind: 'ship.push-set'; push: boolean }
  | { kind: 'ship.refused'; session: SessionId; failure: FailureBody }
  | { kind: 'copy.set'; copy: CopyState | null }
  | { kind: 'search.asked'; direction: SearchDirection }
  | { kind: 'search.answered'; ask: SearchAsk; answer: SearchAnswer }
  | { kind: 'search.accepted' }
  | { kind: 'search.left' }
  /** Null: back to what the program shows now. */
  | { kind: 'pane.scrolled'; session: SessionId; top: number | null }
  /** A pane that is scrolled back has lost lines, or got others. */
  | { kind: 'pane.trimmed'; session: SessionId; extent: CopyExtent }
  | { kind: 'toast.shown'; toast: Toast }
  | { kind: 'toast.expired'; id: number }
  | { kind: 'clipboard.asked'; ask: AppState['clipboard'] }
  | { kind: 'theme.set'; theme: string };
