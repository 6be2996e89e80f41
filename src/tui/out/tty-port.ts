// The machine's terminal behind standard input and output.
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';
import type { PortListener, TerminalPort, TerminalSize } from './terminal.ts';

/** A storm of resizes is passed on once per this time. */
const resizeMs = 30;
/** A stopped process does not run, so one that runs this long after asking was not stopped. */
const notStoppedMs = 200;

/** Node's terminal streams block the whole program while the terminal does not read. Node 24; see `setBlocking`. */
interface BlockingHandle {
  setBlocking?(blocking: boolean): number;
}

export function createTtyPort(input: ReadStream, output: WriteStream): TerminalPort {
  let listener: PortListener | null = null;
  let resizeTimer: NodeJS.Timeout | null = null;
  let resizeWaits = false;
  let ended = false;

  const read = (bytes: Buffer): void => listener?.input(bytes);
  const drained = (): void => listener?.drained();
  const continued = (): void => listener?.continued();
  const closed = (reason: string): void => listener?.closed(reason);
  const failed = (): void => closed('the terminal is gone');
  const finished = (): void => closed('the terminal was closed');
  const signalled = (signal: NodeJS.Signals): void => closed(signal);
  const ending = (): void => {
    if (ended) return;
    ended = true;
    listener?.ending();
  };
  const resized = (): void => {
    if (resizeTimer !== null) {
      resizeWaits = true;
      return;
    }
    listener?.resized();
    resizeTimer = setTimeout(() => {
      resizeTimer = null;
      if (!resizeWaits) return;
      resizeWaits = false;
      resized();
    }, resizeMs);
  };

  return {
    get size(): TerminalSize {
      return { cols: Math.max(1, output.columns || 80), rows: Math.max(1, output.rows || 24) };
    },
    write: (bytes) => output.write(bytes),
    writeNow,
    open(next) {
      listener = next;
      ended = false;
      const handle = (output as unknown as { _handle?: BlockingHandle })._handle;
      handle?.setBlocking?.(false);
      input.setRawMode(true);
      input.on('data', read);
      input.on('end', finished);
      // Still there from the last time; each suspension would add one.
      input.off('error', failed);
      output.off('error', failed);
      input.on('error', failed);
      output.on('drain', drained);
      output.on('resize', resized);
      output.on('error', failed);
      process.on('SIGCONT', continued);
      process.on('SIGTERM', signalled);
      process.on('SIGHUP', signalled);
      process.on('SIGINT', signalled);
      process.on('exit', ending);
      process.on('uncaughtExceptionMonitor', ending);
      input.resume();
    },
    close() {
      input.off('data', read);
      input.off('end', finished);
      output.off('drain', drained);
      output.off('resize', resized);
      process.off('SIGCONT', continued);
      process.off('SIGTERM', signalled);
      process.off('SIGHUP', signalled);
      process.off('SIGINT', signalled);
      process.off('exit', ending);
      process.off('uncaughtExceptionMonitor', ending);
      if (resizeTimer !== null) clearTimeout(resizeTimer);
      resizeTimer = null;
      // The error listeners stay: a terminal that is gone must not become an uncaught error while we leave.
      input.pause();
      if (!input.destroyed) setCooked(input);
    },
    stopProcess: () =>
      new Promise((resolve) => {
        const resume = (): void => {
          clearTimeout(timer);
          process.off('SIGCONT', resume);
          resolve();
        };
        process.on('SIGCONT', resume);
        // Where there is no shell to come back to, the kernel does not stop us.
        const timer = setTimeout(resume, notStoppedMs);
        process.kill(0, 'SIGTSTP');
      }),
  };

  /** Through a descriptor of its own that does not block: a terminal that does not read must not keep us from ending. */
  function writeNow(bytes: Uint8Array): void {
    // A frame still on its way would be drawn over what is restored: say it again behind that frame.
    if (output.writableLength > 0) output.write(bytes);
    let fd: number | null = null;
    try {
      fd = openSync('/dev/tty', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
      writeSync(fd, bytes);
    } catch {
      // No terminal any more, or it is full: there is nobody to restore it for.
    } finally {
      if (fd !== null) closeSync(fd);
    }
  }
}

function setCooked(input: ReadStream): void {
  try {
    input.setRawMode(false);
  } catch {
    // The terminal hung up; it has no mode any more.
  }
}
