// Everything the screens show, as one immutable value. The cells of panes are not in it: they change too often and are
// read while drawing from a PaneSource (pane-source.ts).
import type { AgentInfo } from '../../domain/agent-info.ts';
import type { BootstrapProgress } from '../../domain/binary.ts';
import type { DayCost } from '../../domain/day.ts';
import type { DiffSummary, FileDiff } from '../../domain/diff.ts';
import type { FailureBody } from '../../domain/failure.ts';
import type { AgentId, SessionId } from '../../domain/ids.ts';
import type { ProjectView } from '../../domain/project.ts';
import type { Session } from '../../domain/session.ts';
import type { Status } from '../../domain/status.ts';
import type { ComposerOptions, OptionField } from './composer-options.ts';
import type { EditorState } from './editor.ts';
import type { SearchState } from './search.ts';

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

export type Loading<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly failure: FailureBody };

/** TERM: keys go to the program in the pane. CMD: keys go to sesame. */
export type Mode = 'term' | 'cmd';

export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'ready' }
  | { readonly state: 'lost'; readonly failure: FailureBody };

/** How the panes are laid out when no other screen covers them. */
export type Arrangement = 'grid' | 'focus' | 'zoom';

export type Screen =
  | { readonly kind: 'panes' }
  | { readonly kind: 'composer' }
  | { readonly kind: 'diff'; readonly diff: DiffView }
  | { readonly kind: 'inbox'; readonly selected: SessionId | null }
  /** `refused`: why nothing could be shipped, where no step failed. */
  | { readonly kind: 'ship'; readonly session: SessionId; readonly refused: FailureBody | null }
  | { readonly kind: 'why'; readonly session: SessionId; readonly report: Loading<WhyReport>; readonly top: number };

export interface WhyReport {
  readonly status: Status;
  readonly history: readonly Status[];
}

/** Drawn over the screen; takes the keys while it is there. */
export type Overlay =
  | { readonly kind: 'help'; readonly filter: EditorState; readonly top: number; readonly contexts: readonly string[] }
  | { readonly kind: 'palette'; readonly query: EditorState; readonly selected: number }
  | { readonly kind: 'broadcast'; readonly text: EditorState; readonly to: readonly SessionId[] }
  | { readonly kind: 'ship'; readonly session: SessionId; readonly message: EditorState; readonly push: boolean }
  | { readonly kind: 'rename'; readonly session: SessionId; readonly title: EditorState }
  | { readonly kind: 'fork'; readonly session: SessionId; readonly text: EditorState };

export type ComposerField = 'prompt' | 'agents' | OptionField | 'model' | 'base' | 'repo';

export interface ComposerForm {
  readonly field: ComposerField;
  readonly prompt: EditorState;
  readonly options: ComposerOptions;
  /** True once the user changed one of them since the last start. */
  readonly optionsTouched: boolean;
  /** Empty: the agent's own choice. */
  readonly model: EditorState;
  /** The branch that is worked on itself; null: a new one is made. */
  readonly branch: string | null;
  /** Empty: the repository's HEAD. */
  readonly base: EditorState;
  readonly repo: EditorState;
  /** Row of the agents list under the cursor. */
  readonly agent: number;
  /** Sessions per agent; agents that are not marked are absent. */
  readonly counts: ReadonlyMap<string, number>;
  /** True once the user marked agents: defaults stay away from then on. */
  readonly touched: boolean;
  readonly project: Loading<ProjectView>;
  readonly sending: boolean;
  readonly error: FailureBody | null;
}

export interface DiffView {
  readonly session: SessionId;
  /** Sessions to go through, the shown one among them; empty for one alone. */
  readonly among: readonly SessionId[];
  readonly summary: Loading<DiffSummary>;
  /** Index of the shown file in the summary. */
  readonly file: number;
  readonly files: ReadonlyMap<string, Loading<FileDiff>>;
  /** First visible line and column of the shown file. */
  readonly top: number;
  readonly left: number;
}

/** Scroll and copy mode of one pane. Lines are known by their numbers (PaneView.oldest). */
export interface CopyState {
  readonly session: SessionId;
  readonly top: number;
  readonly line: number;
  readonly col: number;
  readonly anchor: { readonly line: number; readonly col: number } | null;
  readonly linewise: boolean;
  /** Made by dragging the mouse; ends when the button is released. */
  readonly mouse: boolean;
  readonly search?: SearchState;
}

export interface Toast {
  readonly id: number;
  readonly kind: 'info' | 'success' | 'warning' | 'error';
  readonly text: string;
  readonly remedy: string | null;
}

export interface AppState {
  readonly size: Size;
  /** Milliseconds since the epoch when the ages on screen were last brought up to date. */
  readonly now: number;
  readonly mode: Mode;
  readonly connection: Connection;
  readonly arrangement: Arrangement;
  /** Where leaving the zoom goes. */
  readonly unzoomed: 'grid' | 'focus';
  /** One pane and nothing else, for `attach --zoom`. */
  readonly bare: boolean;
  readonly screen: Screen;
  readonly overlay: Overlay | null;
  /** Null until the first list has arrived. In the order they were made. */
  readonly sessions: ReadonlyMap<SessionId, Session> | null;
  /** The last the agents told; it counts for its day only (`costOn`). Null while none does. */
  readonly cost: DayCost | null;
  /**
   * Something typed into this pane did not get there whole. Until the user leaves TERM nothing more does, so that the end
   * of a line never arrives without its beginning.
   */
  readonly unsent: { readonly session: SessionId; readonly why: string } | null;
  /** How far the installations of agents are that run. */
  readonly installing: ReadonlyMap<AgentId, BootstrapProgress>;
  readonly selected: SessionId | null;
  readonly lastSelected: SessionId | null;
  readonly marks: ReadonlySet<SessionId>;
  readonly agents: readonly AgentInfo[];
  readonly composer: ComposerForm;
  readonly copy: CopyState | null;
  /** The text searched last, for a search without one. */
  readonly lastSearch: string;
  /** Panes scrolled back with the wheel: number of the first visible line. */
  readonly scroll: ReadonlyMap<SessionId, number>;
  readonly toasts: readonly Toast[];
  /** What a program asked to put on the clipboard; done only when the user says so. */
  readonly clipboard: { readonly session: SessionId; readonly text: string } | null;
  readonly theme: string;
  /** Spelling of the leader key, for the bar. */
  readonly leader: string;
}
