// What the next server must know of a run that goes on.
import { rmSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { makeWorkDirectory } from '../../../test/support/runs.ts';
import { RunId, SessionId } from '../../domain/ids.ts';
import { keepStart, readStart } from './run-sources.ts';

const paths = makeWorkDirectory();
const session = SessionId.parse('test1');
const run = RunId.parse('test1-1');
afterEach(() => rmSync(paths.workDir, { recursive: true, force: true }));

test('the sources of a run and that it goes on with a conversation are known to the next server', async () => {
  const start = { resumes: true, sources: [{ kind: 'lines', signal: 'file', path: '/log' } as const] };
  await keepStart({ paths }, run, session, start);
  expect(await readStart({ paths }, run, session)).toMatchObject(start);
  expect(await readStart({ paths }, RunId.parse('test1-2'), session)).toEqual({ resumes: false, sources: [] });
});
