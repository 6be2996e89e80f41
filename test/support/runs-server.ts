// For tests: the part of a server that has the runs, in a process that can be killed. Arguments: work directory, specs
// as JSON, `start` or `adopt`. Says the programs' process ids as JSON when all runs are there, and stays.
import { resolvePaths } from '../../src/platform/paths.ts';
import type { RunSpec } from '../../src/server/runs/runs.ts';
import { openTestRuns } from './runs.ts';

const [workDir, specs, mode] = process.argv.slice(2);
const { runs } = await openTestRuns(resolvePaths({ SESAME_WORK_DIR: workDir }));
const all = JSON.parse(specs ?? '[]') as RunSpec[];
if (mode === 'adopt') await runs.adopt(all);
else for (const spec of all) await runs.start(spec);
process.stdout.write(JSON.stringify(all.map(({ session }) => runs.get(session)?.pid ?? null)));
// The link to the holder keeps the process alive.
