// What a colour is for. Screens name a role; only themes/*.json hold colours.

/** Attributes that carry a role where there is no colour, so that every screen can be read in black and white. */
export type Attribute = 'bold' | 'dim' | 'italic' | 'underline' | 'inverse' | 'strike';

/** Each role with its attributes for terminals without colour. */
export const roles = {
  text: [],
  dim: [],
  strong: ['bold'],
  accent: ['bold'],
  link: ['underline'],
  title: ['bold'],
  spinner: [],

  border: [],
  'border.focus': ['bold'],
  'border.waiting': ['bold'],

  header: ['inverse'],
  'header.dim': ['inverse'],
  'header.strong': ['inverse', 'bold'],
  bar: ['inverse'],
  'bar.key': ['inverse', 'bold'],
  'bar.disabled': ['inverse', 'dim'],
  badge: ['inverse', 'bold'],
  'badge.warning': ['inverse', 'bold'],

  'mode.term': ['bold'],
  'mode.cmd': ['inverse', 'bold'],
  'mode.copy': ['inverse', 'underline'],

  'status.starting': [],
  'status.working': [],
  'status.waiting': ['bold'],
  'status.done': ['bold'],
  'status.idle': [],
  'status.failed': ['bold', 'underline'],
  'status.exited': ['dim'],
  'status.unknown': [],

  selection: ['inverse'],
  'selection.dim': ['inverse'],
  'selection.inactive': ['underline'],
  'copy.selection': ['inverse'],
  'search.match': ['underline'],
  'search.current': ['inverse', 'underline'],

  'diff.context': [],
  'diff.added': [],
  'diff.removed': [],
  'diff.added.word': ['underline'],
  'diff.removed.word': ['underline'],
  'diff.hunk': ['bold'],
  'diff.file': ['bold'],
  'diff.note': ['dim'],
  'diff.line-number': ['dim'],
  'count.added': [],
  'count.removed': [],

  'toast.info': ['inverse'],
  'toast.success': ['inverse'],
  'toast.warning': ['inverse', 'bold'],
  'toast.error': ['inverse', 'bold'],

  dialog: [],
  'dialog.border': ['bold'],
  'dialog.title': ['bold'],
  'dialog.dim': [],
  'dialog.key': ['bold'],
  'dialog.selection': ['inverse'],
  'dialog.warning': ['bold'],
  'dialog.error': ['bold', 'underline'],

  input: [],
  'input.placeholder': ['dim'],
  'input.invalid': ['underline'],

  'scrollbar.track': [],
  'scrollbar.thumb': ['inverse'],
} as const satisfies Record<string, readonly Attribute[]>;

export type Role = keyof typeof roles;
export const roleNames = Object.keys(roles) as Role[];

/** Lines and marks rather than words: they need less contrast than text. */
export const ornaments: ReadonlySet<Role> = new Set<Role>([
  'border',
  'border.focus',
  'border.waiting',
  'dialog.border',
  'scrollbar.track',
  'scrollbar.thumb',
]);
