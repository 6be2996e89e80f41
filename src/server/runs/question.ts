// The question a waiting agent shows, and a digest of just the rows that ask it: an answer is bound to what the user
// saw, and a spinner or a clock elsewhere on the screen does not make it stale.
import { createHash } from 'node:crypto';
import type { Agent } from '../../agents/agent.ts';
import { Failure } from '../../domain/failure.ts';
import { plainLine } from '../../domain/plain-text.ts';
import type { Choice, Question, Status } from '../../domain/status.ts';
import type { VtEngine } from '../../terminal/engine.ts';
import { type ScreenColors, screenColors } from '../../terminal/screen-colors.ts';

const rowsAbove = 8;
const textLimit = 500;
const boxDrawing = /[\u2500-\u257f|]/g;
/** A row that begins with one of these turns by itself. */
const spinner = /^\s*[\u2800-\u28ff\u25d0-\u25d3✢✳✶✻✽]/u;

/** What is on a screen: its text, and its colours, which are the only mark of a selected choice in some programs. */
export interface Look {
  rows: readonly string[];
  colors: ScreenColors;
}

export function lookAt(engine: VtEngine): Look {
  return { rows: engine.screenText(), colors: screenColors(engine) };
}

/** Null when the agent can read no choices with certainty. `message` is the agent's own wording, if it gave one. */
export function readQuestion(agent: Agent, { rows, colors }: Look, message: string | null): Question | null {
  const choices = agent.choices(rows, colors);
  if (choices.length === 0) return null;
  const asked = rowsThatAsk(rows, choices);
  const text = message ?? asked.join(' ').slice(0, textLimit);
  const shown = choices.map(({ digit, label }) => `${digit} ${label}`);
  return { text, choices, digest: digestOf([...asked, ...shown]) };
}

/** Digest of the whole screen's text. */
export function screenDigest(rows: readonly string[]): string {
  return digestOf(rows);
}

/**
 * The bytes that give this answer. Throws a Failure when no question is shown, when it is another one than the digest
 * (of the question or of the whole screen) was made from, or when it has no such choice.
 */
export function chooseAnswer(agent: Agent | null, status: Status, look: Look, digit: string, digest: string): string {
  const question = agent === null || status.state !== 'waiting' ? null : readQuestion(agent, look, status.message);
  if (agent === null || question === null) {
    throw new Failure({
      code: 'no-question',
      message: 'the session does not show a question that can be answered with a digit',
      remedy: 'open the pane and type the answer',
    });
  }
  if (digest !== question.digest && digest !== screenDigest(look.rows)) {
    throw new Failure({
      code: 'stale-question',
      message: 'the screen has changed since the question was shown',
      remedy: 'look at the question again, then answer',
    });
  }
  const choice = question.choices.find((other) => other.digit === digit);
  if (choice === undefined) {
    throw new Failure({
      code: 'no-such-choice',
      message: `the question has no choice ${digit}`,
      remedy: `answer with one of ${question.choices.map((other) => other.digit).join(', ')}`,
    });
  }
  return agent.answer(choice, look.rows, look.colors);
}

/** The block of text directly above the first choice, without frames and without rows that turn by themselves. */
function rowsThatAsk(rows: readonly string[], choices: readonly Choice[]): string[] {
  const first = rowOfFirst(rows, choices);
  if (first < 0) return rows.filter((row) => !spinner.test(row)).map(bare);
  const asked: string[] = [];
  for (let row = first - 1; row >= 0 && asked.length < rowsAbove; row--) {
    const raw = (rows[row] ?? '').replace(boxDrawing, ' ');
    if (spinner.test(raw)) continue;
    const text = bare(raw);
    if (text !== '') asked.unshift(text);
    else if (asked.length > 0) break;
  }
  return asked;
}

/** Where it stands with its digit, else where only its label does. */
function rowOfFirst(rows: readonly string[], [choice]: readonly Choice[]): number {
  if (choice === undefined) return -1;
  const numbered = rows.findLastIndex((row) => shows(row, choice));
  return numbered >= 0 ? numbered : rows.findLastIndex((row) => bare(row).endsWith(plainLine(choice.label)));
}

function shows(row: string, choice: Choice): boolean {
  const text = bare(row);
  return text.includes(choice.digit) && text.includes(plainLine(choice.label).slice(0, 20));
}

function bare(row: string): string {
  return plainLine(row.replace(boxDrawing, ' '));
}

function digestOf(rows: readonly string[]): string {
  return createHash('sha256').update(rows.join('\n')).digest('hex').slice(0, 16);
}
