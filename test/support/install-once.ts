// Installs the fake agent and tells every report on stdout: `node install-once.ts <cache> <registry>`. Made to be killed.
import { fakeAgent, openBench } from './bootstrap.ts';

const [, , root = '', registry = ''] = process.argv;
const bench = openBench({ root, registry });
const push = bench.told.push.bind(bench.told);
bench.told.push = (...bodies) => {
  for (const body of bodies) if (body.kind === 'bootstrap.progress') process.stdout.write(`${body.progress.step}\n`);
  return push(...bodies);
};
const { version } = await bench.binaries.ensure(fakeAgent(), null, new AbortController().signal);
process.stdout.write(`done ${version}\n`);
