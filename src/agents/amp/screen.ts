// What Amp's screen says: the dialogs, the error box, the label on the input box's lower border, and what it prints before
// it ends. Boxes and labels of 0.0.1790142911:
//
//   ╭─ Approval Required ───╮   ╭───────────────────────────╮   ╭──────────────── medium ─╮
//   │ Bash:                 │   │ Out of Credits            │   │                         │
//   │   npm test            │   │                           │   ╰ ≈ Running Tools ─ ~/wt ─╯
//   │ ‣ Allow Once          │   │ Add credits to ...        │
//   │   Reject with feedback│   │ ‣ Retry (auto-retry in 7s)│
//   ╰─── Enter select ──────╯   │   Dismiss                 │
//                               ╰───────────────────────────╯
import { plainLine } from '../../domain/plain-text.ts';
import type { Choice } from '../../domain/status.ts';
import { readTrouble, type Trouble } from './trouble.ts';

export interface Screen {
  /** Asks whether a tool may run; `text`: which. */
  approval: { text: string; choices: Choice[]; marked: number } | null;
  /** Another dialog that wants an answer, by its title. */
  asks: string | null;
  trouble: (Trouble & { retryInS: number | null }) | null;
  /** It asks to log in. */
  signIn: boolean;
  /** What the input box says it is doing; empty when it says nothing, null when there is no input box. */
  label: string | null;
  /** Its first screen, with no thread on it yet. */
  welcome: boolean;
  /** The thread that it says can be continued, when it ends. */
  thread: string | null;
}

interface Box {
  title: string;
  lines: string[];
}

const option = /^(?:‣ | {2})\S/u;
const textLimit = 300;

export function readScreen(rows: readonly string[]): Screen {
  const boxes = readBoxes(rows);
  const dialog = boxes.findLast(({ title }) => title !== '');
  const approval = dialog?.title === 'Approval Required' ? readApproval(dialog) : null;
  const all = rows.join('\n');
  return {
    approval,
    asks: approval === null && dialog !== undefined ? dialog.title.slice(0, textLimit) : null,
    trouble: errorBox(boxes) ?? notLoaded(boxes) ?? (boxes.length === 0 ? lastWords(rows) : null),
    signIn: /Would you like to log in to Amp\?|paste your code here:/.test(all),
    label: readLabel(rows),
    welcome: /Welcome to Amp\b/.test(all),
    thread: /^amp threads continue \S*?(T-[0-9a-f-]{36})\s*$/m.exec(all)?.[1] ?? null,
  };
}

/** Boxes as wide as the screen; of an input box nothing is kept but that it is there. */
function readBoxes(rows: readonly string[]): Box[] {
  const boxes: Box[] = [];
  let open: Box | null = null;
  for (const row of rows) {
    const line = row.trimEnd();
    const top = /^\s*╭─+(?: (.+?) ─+)?╮$/u.exec(line);
    if (top !== null) {
      const isDialog = /^\s*╭─ /u.test(line) || top[1] === undefined;
      open = { title: isDialog ? (top[1] ?? '') : '', lines: [] };
    } else if (open !== null && /^\s*╰.*╯$/u.test(line)) {
      boxes.push(open);
      open = null;
    } else if (open !== null) {
      open.lines.push(line.replace(/^\s*│ ?/u, '').replace(/\s*│$/u, ''));
    }
  }
  return boxes;
}

/** Its choices are those rows from the first one on that stand where one may be marked. */
function readApproval({ lines }: Box): Screen['approval'] {
  const first = lines.findIndex((line) => /^(?:‣ | {2})Allow Once$/u.test(line));
  if (first < 0) return { text: plainLine(lines.join(' ')).slice(0, textLimit), choices: [], marked: -1 };
  const asked = lines.slice(0, first).filter((line) => !line.startsWith('Matches user permissions rule'));
  const options = lines.slice(first).filter((line) => option.test(line));
  const marked = options.findIndex((line) => line.startsWith('‣ '));
  const certain = marked >= 0 && options.length <= 9;
  return {
    text: plainLine(asked.join(' ')).slice(0, textLimit),
    choices: certain
      ? options.map((line, index) => ({ digit: String(index + 1), label: plainLine(line.slice(2)).slice(0, 120) }))
      : [],
    marked,
  };
}

/** Without a title in its border: that stands in its first row. */
function errorBox(boxes: readonly Box[]): Screen['trouble'] {
  const box = boxes.findLast(({ title, lines }) => title === '' && lines.some((line) => line.startsWith('‣ ')));
  if (box === undefined) return null;
  const [title = '', ...rest] = box.lines.filter((line) => line !== '');
  const actions = rest.findIndex((line) => line.startsWith('‣ ') || /^ {2}\S/.test(line));
  const description = rest.slice(0, actions < 0 ? rest.length : actions).join(' ');
  const seconds = /auto-retry in (\d+)s/.exec(rest.join(' '))?.[1];
  const { reason } = readTrouble(`${title} ${description}`);
  const message = plainLine(title === 'Error' ? description : `${title}: ${description}`).slice(0, textLimit);
  return { reason, message, retryInS: seconds === undefined ? null : Number(seconds) };
}

/** The thread to continue could not be had; what is typed would begin another one. */
function notLoaded(boxes: readonly Box[]): Screen['trouble'] {
  const notice = boxes.find(({ lines }) => lines[0]?.startsWith('✕ Failed to load') === true);
  if (notice === undefined) return null;
  return { ...readTrouble(notice.lines.join(' ').slice(2)), retryInS: null };
}

/** What it printed before it ended at once. */
function lastWords(rows: readonly string[]): Screen['trouble'] {
  const said = rows.findLast((row) => row.startsWith('Error: '));
  return said === undefined ? null : { ...readTrouble(said), retryInS: null };
}

function readLabel(rows: readonly string[]): string | null {
  const border = rows.findLast((row) => /^\s*╰.*─╯\s*$/u.test(row));
  if (border === undefined) return null;
  return /^\s*╰ \S ([A-Z][A-Za-z]*(?: [A-Za-z-]+)*)/u.exec(border)?.[1] ?? '';
}
