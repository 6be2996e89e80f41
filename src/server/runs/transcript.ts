// What an agent says and does in task mode, as lines for a terminal: bytes for the emulator, which wraps them. Colours
// are the 16 of the palette, so that themes apply; every line reads without them.
import type { AgentEvent } from '../../domain/agent-event.ts';
import { plainLine, plainText } from '../../domain/plain-text.ts';

const textLimit = 64 << 10;
const callsLimit = 1000;

const sgr = { bold: '1', dim: '2', italic: '3', red: '31', green: '32', yellow: '33', cyan: '36' } as const;

/** Remembers what it showed, so that nothing is shown twice. */
export class Transcript {
  /** Calls whose beginning was shown. */
  readonly #calls = new Set<string>();
  #begun = false;
  #lastMessage = '';

  /** Empty for what has nothing to read in it, such as usage. */
  event(event: AgentEvent): string {
    switch (event.type) {
      case 'message':
        return this.#message(event.role, event.text);
      case 'tool':
        return this.#tool(event);
      case 'file': {
        const [mark, colour] = fileMarks[event.change];
        return this.#lines(`  ${mark} ${plainLine(event.path)}`, colour);
      }
      case 'error':
        return this.#lines(`✗ ${plainText(event.message)}${event.final ? '' : ' (tries again)'}`, 'red');
      case 'done':
        return this.#done(event.ok, event.message);
      case 'usage':
      case 'conversation':
        return '';
    }
  }

  /** A line that is no event: a warning of the program, say. */
  other(line: string): string {
    const text = plainText(line);
    return text.trim() === '' ? '' : this.#lines(text, 'dim');
  }

  #message(role: 'user' | 'agent' | 'thought', text: string): string {
    const plain = plainText(text).trim();
    if (plain === '') return '';
    if (role === 'user') return this.#gap() + this.#lines(`> ${plain}`, 'bold');
    if (role === 'thought') return this.#gap() + this.#lines(plain, 'dim', 'italic');
    this.#lastMessage = plain;
    return this.#gap() + this.#lines(plain);
  }

  #tool({ call, name, detail, state }: Extract<AgentEvent, { type: 'tool' }>): string {
    const text = plainLine(`${name}  ${detail}`);
    const shown = call !== null && this.#calls.has(call);
    if (state === 'started') {
      if (shown) return '';
      if (call !== null && this.#calls.size < callsLimit) this.#calls.add(call);
      return this.#lines(`▸ ${text}`, 'cyan');
    }
    if (call !== null) this.#calls.delete(call);
    if (state === 'done') return shown ? '' : this.#lines(`▸ ${text}`, 'cyan');
    return this.#lines(`${state === 'failed' ? '✗' : '⊘'} ${text}: ${state}`, state === 'failed' ? 'red' : 'yellow');
  }

  #done(ok: boolean, message: string | null): string {
    const text = message === null ? '' : plainText(message).trim();
    if (!ok) return this.#gap() + this.#lines(`✗ failed${text === '' ? '' : `: ${text}`}`, 'bold', 'red');
    const said = text === '' || text === this.#lastMessage ? '' : this.#gap() + this.#lines(text);
    return said + this.#gap() + this.#lines('✓ done', 'bold', 'green');
  }

  #gap(): string {
    return this.#begun ? '\r\n' : '';
  }

  #lines(text: string, ...style: ReadonlyArray<keyof typeof sgr>): string {
    this.#begun = true;
    const cut = text.length > textLimit ? `${text.slice(0, textLimit)}…` : text;
    const [on, off] =
      style.length === 0 ? ['', ''] : [`\u001b[${style.map((name) => sgr[name]).join(';')}m`, '\u001b[m'];
    return cut
      .split('\n')
      .map((line) => `${on}${line.trimEnd()}${off}\r\n`)
      .join('');
  }
}

const fileMarks = {
  added: ['+', 'green'],
  modified: ['~', 'yellow'],
  deleted: ['−', 'red'],
} as const;
