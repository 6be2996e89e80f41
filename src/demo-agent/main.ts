// The demo agent: a small program in a terminal that behaves like a coding agent, without a model behind it.
import { randomUUID } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import { type Arguments, help, readArguments } from './arguments.ts';
import { type Conversation, loadConversation, saveConversation } from './conversation.ts';
import { Dialog } from './dialog.ts';
import { runTask } from './task.ts';

const options = readArguments(process.argv.slice(2), process.env);
if (options === 'help') {
  process.stdout.write(help);
} else if ('wrong' in options) {
  process.stderr.write(`${options.wrong}\n`);
  process.exitCode = 2;
} else {
  const conversation = openConversation(options);
  if (conversation === null) {
    process.stderr.write(`no conversation found with the id ${options.resume}\n`);
    process.exitCode = 1;
  } else if (options.task) {
    const save = (changed: Conversation): void => {
      if (options.state !== null) saveConversation(options.state, changed);
    };
    const print = (line: string): Promise<void> =>
      new Promise((resolve) => process.stdout.write(`${line}\n`, () => resolve()));
    await runTask({ options, conversation, root: process.cwd(), save, print });
  } else {
    await converse(options, conversation);
  }
}

function openConversation(options: Arguments): Conversation | null {
  if (options.resume === null) return { id: options.conversation ?? randomUUID(), prompts: [], always: false };
  const known = options.state === null ? null : loadConversation(options.state, options.resume);
  // A copy under a new id: the one it comes from stays as it is.
  return known === null || options.conversation === null ? known : { ...known, id: options.conversation };
}

async function converse(options: Arguments, conversation: Conversation): Promise<void> {
  const { stdin, stdout } = process;
  const interactive = stdin.isTTY === true && stdout.isTTY === true;
  let drained: Promise<void> | null = null;
  const terminal = {
    get cols() {
      return stdout.columns ?? 80;
    },
    get rows() {
      return stdout.rows ?? 24;
    },
    write(text: string) {
      if (stdout.write(text) || drained !== null) return;
      drained = new Promise((resolve) => {
        stdout.once('drain', () => {
          drained = null;
          resolve();
        });
      });
    },
    drained: () => drained ?? Promise.resolve(),
  };
  // The terminal is gone: there is nobody to work for.
  stdout.on('error', () => process.exit(1));

  const dialog = new Dialog({
    options,
    conversation,
    terminal,
    interactive,
    colours: interactive && !process.env['NO_COLOR'],
    root: process.cwd(),
    save: (changed) => {
      if (options.state !== null) saveConversation(options.state, changed);
    },
  });
  if (interactive) {
    const decoder = new StringDecoder('utf8');
    stdin.setRawMode(true);
    stdin.on('data', (bytes: Buffer) => dialog.type(decoder.write(bytes)));
    stdin.on('end', () => process.exit(0));
    stdout.on('resize', () => dialog.resized());
  }
  process.exitCode = await dialog.run(options.prompt);
  if (interactive) {
    stdin.setRawMode(false);
    stdin.pause();
    // `pause` alone keeps the handle of a terminal open.
    stdin.unref?.();
  }
}
