// What happens in a turn: work, questions, an interrupt; and that its result can be shipped.
import { expect } from 'vitest';
import type { Watched } from '../support/agent-world.ts';
import type { Stage } from './stage.ts';

export const hello = { path: 'hello.txt', content: 'hello from the model\n' };

export function playTurns(stage: Stage): void {
  const { agent, wait, scenario, start, interrupt } = stage;

  scenario('interactive-write-file', async () => {
    stage.world.model.setScript([
      { when: 'hello file', steps: [{ say: 'I write it.' }, { write: hello }, { say: 'The file is written.' }] },
    ]);
    const session = await start({ prompt: 'make the hello file', permissions: 'accept-edits' });
    await session.reaches('working', wait);
    await session.reaches('done', wait);
    expect(session.file(hello.path)).toBe(hello.content);
    expect(await changed(session)).toEqual([hello.path]);
    expect(session.words()).toMatch(/^starting (unknown |idle )*working done$/);
  });

  scenario('task-write-file', async () => {
    stage.world.model.setScript([
      { when: 'hello file', steps: [{ say: 'I write it.' }, { write: hello }, { say: 'The file is written.' }] },
    ]);
    const session = await start({ prompt: 'make the hello file', mode: 'task', permissions: 'accept-edits' });
    await session.reaches('done', wait);
    expect(session.file(hello.path)).toBe(hello.content);
    expect(session.agentEvents).toContainEqual(expect.objectContaining({ type: 'done', ok: true }));
    expect(session.agentEvents.map(({ type }) => type)).toEqual(expect.arrayContaining(['message', 'tool']));
  });

  scenario('long-prompt', async () => {
    stage.world.model.setScript([{ steps: [{ say: 'read.' }] }]);
    const lines = Array.from({ length: 1000 }, (_, at) => `${at} ${'süß $HOME `x` "y" '.repeat(5)}`.slice(0, 100));
    const prompt = `/ is no command: read this\n${lines.join('\n')}\n--end`;
    const session = await start({ prompt });
    await session.reaches('done', wait);
    const sent = JSON.stringify(stage.world.model.requests.map(({ body }) => body));
    expect(sent).toContain(JSON.stringify(prompt).slice(1, -1));
  });

  scenario('permission-answer', async () => {
    stage.world.model.setScript([{ steps: [{ say: 'I write it.' }, { write: hello }, { say: 'Written.' }] }]);
    const session = await start({ prompt: 'write with permission' });
    await session.reaches('waiting:permission', wait);
    expect(session.file(hello.path)).toBeNull();
    await session.answer(agent.allow ?? '1');
    await session.reaches('done', wait);
    expect(session.file(hello.path)).toBe(hello.content);
    expect(session.words()).toMatch(/^starting (unknown |idle )*working waiting:permission working done$/);
  });

  scenario('permission-refuse', async () => {
    stage.world.model.setScript([{ steps: [{ say: 'I write it.' }, { write: hello }, { say: 'Well then.' }] }]);
    const session = await start({ prompt: 'write what is refused' });
    await session.reaches('waiting:permission', wait);
    await session.until('the choices', ({ status }) => status.state === 'waiting' && status.question !== null);
    const { status } = session.row;
    const choices = status.state === 'waiting' ? (status.question?.choices ?? []) : [];
    const refuse = choices.find(({ label }) => /^(?:no|reject|deny)\b/i.test(label));
    // Somebody looked at it and moved the selection, then it is answered from elsewhere.
    await session.press(agent.next ?? '\u001b[B');
    // As soon as a second person would: in some of them nothing but a colour tells that it has moved.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await session.answer(refuse?.digit ?? 'none');
    await session.reaches(/^(working|idle|done)$/, wait);
    // Amp asks then what to do instead.
    await session.reaches(/^(idle|done|waiting:question)$/, wait);
    expect(session.file(hello.path)).toBeNull();
  });

  const askedToAsk = async (): Promise<Watched> => {
    const command = agent.asksAfter;
    if (command === undefined) return start({ prompt: 'ask me which paint' });
    const session = await start({ prompt: 'good morning' });
    await session.reaches('done', wait);
    await session.type(`${command} ask me which paint`);
    return session;
  };
  scenario('question-answer', async () => {
    const choices = ['red paint', 'blue paint'];
    const asks = [{ ask: { question: 'Which paint?', choices } }, { say: 'Painted.' }];
    stage.world.model.setScript([{ when: 'which paint', steps: asks }, { steps: [{ say: 'Good morning.' }] }]);
    const session = await askedToAsk();
    await session.reaches('waiting:question', wait);
    await session.answer('2');
    await session.reaches('done', wait);
    expect(JSON.stringify(stage.world.model.requests.at(-1)?.body)).toContain('blue paint');
  });

  scenario('interrupt', async () => {
    stage.world.model.setScript([{ steps: [{ say: 'word '.repeat(400), slowMs: 200 }] }]);
    const session = await start({ prompt: 'talk slowly' });
    await session.reaches('working', wait);
    await seesOnScreen(session, 'word word');
    await interrupt(session);
    await session.reaches(/^(idle|done)$/, 10_000);
  });

  scenario('ship', async () => {
    stage.world.model.setScript([{ steps: [{ write: { ...hello, path: 'shipped.txt' } }, { say: 'Ready to ship.' }] }]);
    const session = await start({ prompt: 'make the shipped file', permissions: 'accept-edits' });
    await session.reaches('done', wait);
    const result = await session.ship();
    expect(result).toMatchObject({ pushed: true });
    expect(await stage.world.repository.git('ls-remote', 'origin', result.branch)).toContain(result.commit);
  });
}

async function changed(session: Watched): Promise<string[]> {
  return (await session.diff()).files.map(({ path }) => path);
}

async function seesOnScreen(session: Watched, text: string): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await session.screen()).includes(text)) {
    if (performance.now() > end) throw new Error(`never saw ${text} on the screen:\n${await session.screen()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
