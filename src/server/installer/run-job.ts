// A job from its sources to its outcome: the agent's sources are asked in order, and the first that has an answer is taken.
import type { BootstrapStep } from '../../domain/binary.ts';
import { Failure } from '../../domain/failure.ts';
import { plainLine } from '../../domain/plain-text.ts';
import type { Clock } from '../../platform/clock.ts';
import { Cache } from '../bootstrap/cache.ts';
import { findNewest, findOffer, orderedDownloads, type Sources } from './find-offer.ts';
import { install } from './install.ts';
import type { AskJob, InstallJob, Job, Message, Newest, Outcome, Surroundings } from './job.ts';
import { readMachine, targetsOf } from './machine.ts';
import { createProgress } from './progress.ts';
import { bootstrapFailure, mayAskAnother, Trouble } from './trouble.ts';
import { createWeb } from './web.ts';

export interface Surface {
  clock: Clock;
  /** Node, for programs that are scripts. */
  execPath: string;
  signal: AbortSignal;
  tell(message: Message): void;
}

/** Throws a Failure that says which step failed, which host, and what to do; or the reason of an abort. */
export async function runJob(job: Job, surface: Surface): Promise<Outcome> {
  return job.kind === 'install' ? runInstall(job, surface) : runAsk(job, surface);
}

async function runInstall(job: InstallJob, { clock, execPath, signal, tell }: Surface): Promise<Outcome> {
  const name = (version: string | null): string => (version === null ? job.name : `${job.name} ${version}`);
  const cache = new Cache(job.cache, execPath);
  const report = createProgress(clock, (progress) => tell({ kind: 'progress', progress }));
  let step: BootstrapStep = 'find';
  let version = job.version;
  const onStep = (now: BootstrapStep, host: string | null, doneBytes = 0, totalBytes: number | null = null): void => {
    step = now;
    report({ step, version, host, doneBytes, totalBytes });
  };
  const failed: string[] = [];
  let first: Failure | null = null;
  try {
    const sources = await openSources(job, signal, { stallMs: job.stallMs });
    for (const download of orderedDownloads(job.agent, job.downloads, job.config)) {
      try {
        onStep('find', null);
        const offer = await findOffer(job.agent, download, job.version, sources);
        version = offer.version;
        const manifest = await install({
          agent: job.agent,
          offer,
          versionPattern: new RegExp(job.versionPattern.source, job.versionPattern.flags),
          cache,
          web: sources.web,
          now: clock.now,
          limits: job.limits,
          signal,
          onStep: (now, done, total) => onStep(now, now === 'download' ? offer.url.host : null, done, total),
        });
        return { kind: 'installed', manifest };
      } catch (error) {
        first ??= bootstrapFailure(name(version), step, error);
        failed.push(error instanceof Error ? `${download.kind}: ${step}: ${error.message}` : String(error));
        if (signal.aborted || !mayAskAnother(error)) break;
      }
    }
  } catch (error) {
    first ??= bootstrapFailure(name(version), step, error);
  } finally {
    report.end();
  }
  signal.throwIfAborted();
  first ??= bootstrapFailure(job.name, step, new Trouble('not-offered', 'no source is left to ask'));
  if (failed.length < 2) throw first;
  const body = first.toBody();
  throw new Failure(
    { ...body, message: `${body.message}, and no other source helped`, detail: failed.join('\n') },
    { cause: first },
  );
}

/** All agents at once; who does not answer in time is unknown, and why is said. */
async function runAsk(job: AskJob, { signal }: Surface): Promise<Outcome> {
  const late = new AbortController();
  const patience = setTimeout(() => late.abort(new Trouble('stalled', 'no answer')), job.patienceMs);
  try {
    const limit = AbortSignal.any([signal, late.signal]);
    // A source that says nothing leaves time for the next one.
    const sources = await openSources(job, limit, { stallMs: job.patienceMs / 2, stallBytes: 1 });
    const newest = await Promise.all(
      job.agents.map(async ({ agent, downloads }) => ({ agent, newest: await ask(job, agent, downloads, sources) })),
    );
    signal.throwIfAborted();
    return { kind: 'asked', newest };
  } finally {
    clearTimeout(patience);
  }
}

async function ask(
  { config }: AskJob,
  agent: string,
  downloads: AskJob['agents'][number]['downloads'],
  sources: Sources,
): Promise<Newest> {
  let first: unknown = null;
  for (const download of orderedDownloads(agent, downloads, config)) {
    try {
      return { version: await findNewest(agent, download, sources), unknown: null };
    } catch (error) {
      first ??= error;
      if (sources.signal.aborted) break;
    }
  }
  return { version: null, unknown: whyUnknown(first) };
}

function whyUnknown(error: unknown): string {
  if (error === null) return 'no source is left to ask';
  if (error instanceof Trouble && error.isOffline) return 'no network';
  const host = error instanceof Trouble && error.host !== null ? `${error.host}: ` : '';
  return plainLine(`${host}${error instanceof Error ? error.message : String(error)}`);
}

async function openSources(
  { access, config, product, machine }: Surroundings,
  signal: AbortSignal,
  patience: { stallMs: number; stallBytes?: number },
): Promise<Sources> {
  const web = createWeb({ settings: access, version: product, ...patience });
  return { web, settings: access, targets: targetsOf(machine ?? (await readMachine())), config, signal };
}
