// Keys from terminal bytes. A sequence that is not complete waits for its rest; sequences that mean nothing here, such as
// the terminal's replies, are dropped whole and never become text.

export type Key =
  | { kind: 'text'; text: string }
  | { kind: 'enter' | 'newline' | 'backspace' | 'up' | 'down' | 'interrupt' | 'end' | 'clear' };

const pasteStart = '\u001b[200~';
const pasteEnd = '\u001b[201~';
/** A paste without an end is cut here. */
const pasteLimit = 4 << 20;

export class KeyReader {
  private rest = '';
  private pasting = false;

  /** Feeds decoded text and returns the keys that are complete. */
  push(text: string): Key[] {
    this.rest += text;
    const keys: Key[] = [];
    while (this.rest !== '') {
      const key = this.pasting ? this.takePaste() : this.take();
      if (key === 'incomplete') break;
      if (key !== null) keys.push(key);
    }
    return keys;
  }

  private takePaste(): Key | 'incomplete' {
    const end = this.rest.indexOf(pasteEnd);
    if (end < 0 && this.rest.length < pasteLimit) return 'incomplete';
    const text = end < 0 ? this.rest : this.rest.slice(0, end);
    this.rest = end < 0 ? '' : this.rest.slice(end + pasteEnd.length);
    this.pasting = end < 0;
    return { kind: 'text', text: text.replace(/\r\n?/g, '\n') };
  }

  private take(): Key | null | 'incomplete' {
    const rest = this.rest;
    if (rest.startsWith(pasteStart)) {
      this.pasting = true;
      this.rest = rest.slice(pasteStart.length);
      return null;
    }
    if (rest.startsWith('\u001b')) return this.takeSequence(rest);
    const plain = /^[^\p{Cc}]+/u.exec(rest)?.[0];
    if (plain !== undefined) {
      this.rest = rest.slice(plain.length);
      return { kind: 'text', text: plain };
    }
    this.rest = rest.slice(1);
    return controls[rest.charAt(0)] ?? null;
  }

  private takeSequence(rest: string): Key | null | 'incomplete' {
    if (rest === '\u001b') return 'incomplete';
    if (rest.startsWith('\u001b\r')) {
      this.rest = rest.slice(2);
      return { kind: 'newline' };
    }
    const reply = /^\u001b[\]P_^X][^\u0007\u001b]*(\u0007|\u001b\\)/.exec(rest);
    if (reply !== null) {
      this.rest = rest.slice(reply[0].length);
      return null;
    }
    if (/^\u001b[\]P_^X]/.test(rest) && rest.length < 4096) return 'incomplete';
    const csi = /^\u001b(?:\[[0-?]*[ -/]*[@-~]|O[ -~])/.exec(rest)?.[0];
    if (csi !== undefined) {
      this.rest = rest.slice(csi.length);
      if (csi === '\u001b[A' || csi === '\u001bOA') return { kind: 'up' };
      if (csi === '\u001b[B' || csi === '\u001bOB') return { kind: 'down' };
      return null;
    }
    if (/^\u001b(?:\[[0-?]*[ -/]*|O)$/.test(rest) && rest.length < 64) return 'incomplete';
    this.rest = rest.slice(1);
    return null;
  }
}

const controls: Record<string, Key> = {
  '\r': { kind: 'enter' },
  '\n': { kind: 'newline' },
  '\u007f': { kind: 'backspace' },
  '\b': { kind: 'backspace' },
  '\u0003': { kind: 'interrupt' },
  '\u0004': { kind: 'end' },
  '\u0015': { kind: 'clear' },
  '\u0010': { kind: 'up' },
  '\u000e': { kind: 'down' },
};
