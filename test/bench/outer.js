// The outer terminal: a PTY whose output is drained as fast as Node can, searched for text and otherwise thrown away.
import pty from '@lydell/node-pty';

const sequences =
  /\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[P_^X][^\x1b]*\x1b\\|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]|[\x00-\x1f]/g;
const keptBytes = 8192;

/** Milliseconds on the monotonic clock. */
export function now() {
  return Number(process.hrtime.bigint()) / 1e6;
}

export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const answers = [
  ['\x1b[c', '\x1b[?62;22c'],
  ['\x1b[>c', '\x1b[>41;390;0c'],
  ['\x1b[5n', '\x1b[0n'],
  ['\x1b[6n', '\x1b[1;1R'],
  ['\x1b[?u', '\x1b[?0u'],
  ['\x1b[?2026$p', '\x1b[?2026;2$y'],
];

export class Outer {
  bytes = 0;
  lastDataAt = 0;
  #tail = '';
  #waiting = null;
  #exited = false;
  #pty;

  constructor(argv, { cols, rows, env, cwd }) {
    this.startedAt = now();
    this.#pty = pty.spawn(argv[0], argv.slice(1), { cols, rows, cwd, env, encoding: null, name: 'xterm-256color' });
    this.#pty.onData((data) => this.#read(data));
    this.#pty.onExit(() => {
      this.#exited = true;
    });
  }

  get pid() {
    return this.#pty.pid;
  }

  write(text) {
    this.#pty.write(text);
  }

  #read(data) {
    const at = now();
    this.bytes += data.length;
    this.lastDataAt = at;
    if (data.length < keptBytes && data.includes(0x1b)) this.#answer(data.toString('latin1'));
    if (!this.#waiting) return;
    // Control sequences may be cut between two reads: what is kept is raw, and stripped each time.
    this.#tail = (this.#tail + data.toString('latin1')).slice(-Math.max(keptBytes, data.length + 256));
    const text = this.#tail.replace(sequences, '');
    if (this.#waiting.isSeen(text)) {
      this.#waiting.resolve(at);
      this.#waiting = null;
    }
  }

  #answer(text) {
    for (const [query, answer] of answers) if (text.includes(query)) this.write(answer);
  }

  /** Time at which `isSeen` said yes to the printable text since this call. One wait at a time. */
  waitFor(isSeen, timeoutMs, what) {
    this.#tail = '';
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting = null;
        reject(new Error(`${what} was not on the screen after ${timeoutMs} ms`));
      }, timeoutMs);
      this.#waiting = {
        isSeen,
        resolve: (at) => {
          clearTimeout(timer);
          resolve(at);
        },
      };
    });
  }

  waitForText(text, timeoutMs = 15_000) {
    return this.waitFor((seen) => seen.includes(text), timeoutMs, text);
  }

  /** Resolves when nothing came for `ms`. */
  async quiet(ms = 150, maxMs = 5000) {
    const end = now() + maxMs;
    while (now() < end && now() - Math.max(this.lastDataAt, this.startedAt) < ms) await pause(10);
  }

  async close() {
    this.#kill('SIGHUP');
    for (let i = 0; i < 100 && !this.#exited; i++) await pause(10);
    if (!this.#exited) this.#kill('SIGKILL');
  }

  #kill(signal) {
    try {
      process.kill(this.pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
}
