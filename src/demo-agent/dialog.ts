// The conversation with the user: turns one after another, the prompt line between them, questions within them.
import type { Arguments } from './arguments.ts';
import type { Conversation } from './conversation.ts';
import { type Key, KeyReader } from './keys.ts';
import { type Look, makeLook } from './look.ts';
import { type Report, reportSequence, titleSequence } from './report.ts';
import { type LivePart, Screen, type Terminal } from './screen.ts';
import { widthOf } from './text-width.ts';
import { type Answer, runTurn, type TurnView } from './turn.ts';

export interface DialogOptions {
  options: Arguments;
  conversation: Conversation;
  terminal: Terminal & { drained(): Promise<void> };
  /** False without a terminal: one turn, then the end. */
  interactive: boolean;
  colours: boolean;
  root: string;
  save(conversation: Conversation): void;
}

/** What is going on; each state knows only what it needs. */
type Mode =
  | { kind: 'prompt'; text: string; leaving: boolean; submit: (text: string | null) => void }
  | { kind: 'working'; doing: string; frame: number; stop: AbortController }
  | {
      kind: 'question';
      text: string;
      selected: number;
      answer: (answer: Answer) => void;
      working: Mode & { kind: 'working' };
    };

const choices: ReadonlyArray<{ answer: Answer; label: string }> = [
  { answer: 'yes', label: 'Yes' },
  { answer: 'always', label: 'Always' },
  { answer: 'no', label: 'No' },
];
const frameMs = 100;
const rememberedLength = 10_000;

export class Dialog {
  private readonly given: DialogOptions;
  private readonly screen: Screen;
  private readonly look: Look;
  private readonly keys = new KeyReader();
  private mode: Mode | null = null;
  private conversation: Conversation;

  constructor(given: DialogOptions) {
    this.given = given;
    this.conversation = given.conversation;
    this.screen = new Screen(given.terminal, !given.interactive);
    this.look = makeLook(given.colours);
  }

  /** Resolves with the exit code once the user leaves or a turn fails. */
  async run(first: string | null): Promise<number> {
    const { options, interactive } = this.given;
    if (interactive) this.given.terminal.write('\u001b[?2004h');
    this.screen.print(...this.look.header(options.variant, this.screen.cols));
    for (const earlier of this.conversation.prompts.slice(-5)) this.screen.print(...this.look.prompt(earlier));
    if (options.resume !== null) this.screen.print(this.look.note('The conversation goes on.'), '');
    this.title('ready');

    let prompt = first === null || first.trim() === '' ? null : first;
    let code = 0;
    if (prompt === null) this.report({ state: 'idle' });
    while (code === 0) {
      prompt ??= interactive ? await this.readPrompt() : null;
      if (prompt === null) break;
      code = await this.turn(prompt);
      prompt = null;
      if (!interactive) break;
    }
    this.report({ state: 'clear' });
    this.mode = null;
    this.screen.end();
    if (interactive) this.given.terminal.write(`\u001b[?2004l${titleSequence('')}`);
    await this.given.terminal.drained();
    return code;
  }

  type(text: string): void {
    for (const key of this.keys.push(text)) this.press(key);
    this.draw();
  }

  resized(): void {
    this.draw();
    this.screen.resized();
  }

  private async turn(prompt: string): Promise<number> {
    const { options } = this.given;
    this.conversation = {
      ...this.conversation,
      prompts: [...this.conversation.prompts, prompt.slice(0, rememberedLength)].slice(-50),
    };
    this.given.save(this.conversation);
    this.screen.print(...this.look.prompt(prompt));

    const working: Mode & { kind: 'working' } = {
      kind: 'working',
      doing: 'Starting…',
      frame: 0,
      stop: new AbortController(),
    };
    this.mode = working;
    this.report({ state: 'working' });
    this.title(prompt.slice(0, 200));
    this.draw();
    const spin = setInterval(() => {
      working.frame++;
      if (this.mode === working) this.draw();
    }, frameMs);
    try {
      const end = await runTurn(
        {
          prompt,
          variant: options.variant,
          turn: this.conversation.prompts.length,
          root: this.given.root,
          speed: options.speed,
          ask: options.ask,
          never: options.yes || this.conversation.always,
        },
        this.view(working),
        working.stop.signal,
      );
      if (end.kind === 'failed') {
        this.screen.print('', this.look.problem(end.message));
        this.report({ state: 'error', message: end.message });
        return 1;
      }
      this.screen.print('', this.look.summary(end.summary), '');
      this.report({ state: 'done', message: end.summary });
    } catch (error) {
      if (working.stop.signal.aborted) {
        this.screen.print('', this.look.note('Stopped. What was edited stays.'), '');
        this.report({ state: 'idle', message: 'stopped by the user' });
      } else {
        const message = error instanceof Error ? error.message : String(error);
        this.screen.print('', this.look.problem(message));
        this.report({ state: 'error', message });
        return 1;
      }
    } finally {
      clearInterval(spin);
    }
    return 0;
  }

  private view(working: Mode & { kind: 'working' }): TurnView {
    return {
      doing: (text) => {
        working.doing = text;
        this.draw();
      },
      thought: (text) => {
        this.screen.print(this.look.thought(text));
        this.draw();
      },
      edited: ({ verb, path, added, removed }) => {
        this.screen.print(this.look.edited(verb, path, added, removed));
        this.draw();
      },
      note: (text) => {
        this.screen.print(this.look.note(text));
        this.draw();
      },
      bulk: (lines) => {
        this.screen.print(...lines);
        this.draw();
        return this.given.terminal.drained();
      },
      ask: (text) => this.ask(text, working),
    };
  }

  private async ask(text: string, working: Mode & { kind: 'working' }): Promise<Answer> {
    // Nobody can answer without a terminal.
    if (!this.given.interactive) return 'no';
    const answer = await new Promise<Answer>((resolve, reject) => {
      this.mode = { kind: 'question', text, selected: 0, answer: resolve, working };
      working.stop.signal.addEventListener('abort', () => reject(working.stop.signal.reason), { once: true });
      this.draw();
      this.report({ state: 'blocked', kind: 'permission', message: text });
    });
    this.mode = working;
    this.report({ state: 'working' });
    if (answer === 'always') {
      this.conversation = { ...this.conversation, always: true };
      this.given.save(this.conversation);
    }
    return answer;
  }

  private readPrompt(): Promise<string | null> {
    return new Promise((resolve) => {
      this.mode = {
        kind: 'prompt',
        text: '',
        leaving: false,
        submit: (text) => {
          this.mode = null;
          resolve(text);
        },
      };
      this.draw();
    });
  }

  private press(key: Key): void {
    const { mode } = this;
    if (mode === null) return;
    switch (mode.kind) {
      case 'working':
        if (key.kind === 'interrupt') mode.stop.abort();
        return;
      case 'question':
        this.pressInQuestion(mode, key);
        return;
      case 'prompt':
        this.pressInPrompt(mode, key);
        return;
    }
  }

  private pressInQuestion(mode: Mode & { kind: 'question' }, key: Key): void {
    const { length } = choices;
    if (key.kind === 'up') mode.selected = (mode.selected + length - 1) % length;
    if (key.kind === 'down') mode.selected = (mode.selected + 1) % length;
    if (key.kind === 'interrupt') mode.working.stop.abort();
    const chosen =
      key.kind === 'enter' ? choices[mode.selected] : key.kind === 'text' ? choices[Number(key.text) - 1] : undefined;
    if (chosen !== undefined) mode.answer(chosen.answer);
  }

  private pressInPrompt(mode: Mode & { kind: 'prompt' }, key: Key): void {
    if (key.kind !== 'interrupt') mode.leaving = false;
    switch (key.kind) {
      case 'text':
        mode.text += key.text;
        return;
      case 'newline':
        mode.text += '\n';
        return;
      case 'backspace':
        mode.text = [...mode.text].slice(0, -1).join('');
        return;
      case 'clear':
        mode.text = '';
        return;
      case 'enter':
        if (mode.text.trim() !== '') mode.submit(mode.text.trim() === '/exit' ? null : mode.text);
        return;
      case 'end':
        if (mode.text === '') mode.submit(null);
        return;
      case 'interrupt':
        if (mode.leaving) mode.submit(null);
        mode.leaving = true;
        mode.text = '';
        return;
      case 'up':
      case 'down':
        return;
    }
  }

  private draw(): void {
    this.screen.paint(this.livePart());
  }

  private livePart(): LivePart {
    const { mode } = this;
    if (mode === null || !this.given.interactive) return { lines: [], cursor: null };
    switch (mode.kind) {
      case 'working':
        return { lines: ['', this.look.spinner(mode.frame, mode.doing)], cursor: null };
      case 'question':
        return {
          lines: this.look.question(
            mode.text,
            choices.map(({ label }) => label),
            mode.selected,
          ),
          cursor: null,
        };
      case 'prompt': {
        const lines = mode.text.split('\n');
        const last = this.tail(lines.at(-1) ?? '');
        const more = lines.length > 1 ? [this.look.hint(`${lines.length - 1} more lines above`)] : [];
        return {
          lines: [
            ...more,
            this.look.input(last),
            this.look.hint(mode.leaving ? 'ctrl+c again ends' : 'enter sends, /exit ends'),
          ],
          cursor: { line: more.length, col: 2 + widthOf(last) },
        };
      }
    }
  }

  /** The end of a line that fits beside the prompt sign, so that what is typed is always seen. */
  private tail(line: string): string {
    let shown = line;
    if (shown.length > 4 * this.screen.cols) shown = shown.slice(-4 * this.screen.cols);
    while (widthOf(shown) > this.screen.cols - 4) shown = [...shown].slice(1).join('');
    return shown;
  }

  private report(report: Report): void {
    if (this.given.interactive) this.given.terminal.write(reportSequence(report));
  }

  private title(text: string): void {
    if (this.given.interactive) this.given.terminal.write(titleSequence(`demo: ${text}`));
  }
}
