// The last phase: the agent, or the user's program, in a PTY.
import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { Agent, LaunchInput, PreparedFile, SignalSource } from '../../agents/agent.ts';
import { Failure } from '../../domain/failure.ts';
import type { SessionId } from '../../domain/ids.ts';
import type { Session } from '../../domain/session.ts';
import { ensureDirectory, exists, writeFileAtomic } from '../../platform/files.ts';
import type { Binary } from '../bootstrap/bootstrap.ts';
import { commandNotFound, findCommand } from '../bootstrap/command.ts';
import {
  agentCredential,
  credentialUse,
  ownerValues,
  passedNames,
  withCredential,
} from '../credentials/agent-credential.ts';
import { agentEnvironment, programEnvironment } from './child-environment.ts';
import { type Context, rowOf } from './context.ts';
import { freePort } from './free-port.ts';
import { syncStatus } from './run-events.ts';
import { isTask, keepStart } from './run-sources.ts';
import type { PhaseOutcome } from './start.ts';
import type { StartRecord } from './start-records.ts';

/** A task reads nothing: some programs wait for the end of their input before they begin. */
const withoutInput = ['/bin/sh', '-c', 'exec "$@" </dev/null', 'sesame'];

/** 0600, for prompts of any length. */
export function promptFileOf(context: Pick<Context, 'paths'>, id: SessionId): string {
  return join(context.paths.sessions, id, 'prompt.txt');
}

export async function startAgent(context: Context, id: SessionId, signal: AbortSignal): Promise<PhaseOutcome> {
  const session = rowOf(context, id);
  const record = startRecordOf(context, id);
  const agent = context.agents.get(session.agent ?? '');
  await requireDirectory(session.workplace.path);
  const ownConfig = session.config === 'own';
  // Before anything is downloaded or written: without a credential nothing can come of it.
  const credential = agentCredential(agent, context.credentials, context.env, ownConfig);
  const binary = await requireBinary(context, agent, record);
  const resumes = record.phase === 'done' && agent.features.resume && session.conversation !== null;
  // Until it has begun: afterwards the fork goes on with its own conversation.
  const forks = record.phase === 'done' ? undefined : record.forks;
  const resume = resumes ? { conversation: session.conversation } : null;
  const input: LaunchInput = {
    ...(await launchInput(context, session, binary.argv)),
    resume: forks === undefined ? resume : { conversation: forks, fork: true },
    credential,
    ownConfig,
    port: agent.features.port === true ? await freePort() : null,
    owner: ownerValues(agent, context.env),
  };
  const use = credentialUse(agent, credential, ownConfig);
  const prepared = ownConfig ? [] : agent.prepare(input);
  await writePrepared(input.configDirectory, [...prepared, ...use.files.map((file) => ({ ...file, mode: 0o600 }))]);
  const launch = agent.launch(input);
  signal.throwIfAborted();
  if (launch.conversation !== null && launch.conversation !== session.conversation) {
    context.record({ kind: 'session.conversation', session: id, conversation: launch.conversation });
  }
  await startRun(context, session, agent, {
    record,
    argv: launch.argv,
    env: withCredential(
      agentEnvironment({
        owner: context.env,
        version: context.version,
        session: id,
        names: passedNames(agent),
        extra: launch.env,
      }),
      use,
    ),
    // A fork begins with a conversation, not with a prompt: that is typed into it.
    paste: launch.paste ?? (forks !== undefined && session.prompt !== '' ? session.prompt : null),
    sources: launch.sources,
    resumes: input.resume !== null,
  });
  const fresh = record.phase === 'done' && !resumes;
  return {
    state: 'done',
    detail: fresh ? `${agent.name} cannot continue its conversation: it began again with the prompt` : null,
  };
}

export async function startProgram(context: Context, id: SessionId, signal: AbortSignal): Promise<PhaseOutcome> {
  const session = rowOf(context, id);
  const record = startRecordOf(context, id);
  const [command = '', ...rest] = record.argv ?? [];
  await requireDirectory(session.workplace.path);
  const env = programEnvironment({ owner: context.env, version: context.version, session: id, names: [], extra: {} });
  const path = await findCommand(command, env, session.workplace.path);
  if (path === null) throw commandNotFound(command);
  signal.throwIfAborted();
  await startRun(context, session, null, {
    record,
    argv: [path, ...rest],
    env,
    paste: null,
    sources: [],
    resumes: false,
  });
  return { state: 'done', detail: null };
}

async function startRun(
  context: Context,
  session: Session,
  agent: Agent | null,
  how: {
    record: StartRecord;
    argv: string[];
    env: Record<string, string>;
    paste: string | null;
    sources: readonly SignalSource[];
    resumes: boolean;
  },
): Promise<void> {
  const { cols, rows, scrollback } = how.record;
  const pastes = how.paste !== null && !isTask(session, agent);
  const size = { cols, rows, scrollback, pastes };
  const runId = context.records.beginRun(session.id, agent === null ? 'program' : 'agent', size);
  // Before the program, so that a server which takes over at any moment finds them.
  await keepStart(context, runId, session.id, how);
  const task = isTask(session, agent);
  const run = await context.runs.start({
    id: runId,
    session: session.id,
    argv: task ? [...withoutInput, ...how.argv] : how.argv,
    cwd: session.workplace.path,
    env: how.env,
    cols,
    rows,
    scrollback,
    agent,
    paste: task ? null : how.paste,
    sources: how.sources,
    resumes: how.resumes,
    task,
  });
  context.record({ kind: 'run.started', session: session.id, run: { id: runId, pid: run.pid, cols, rows } });
  syncStatus(context, run);
}

async function launchInput(
  context: Context,
  session: Session,
  binary: string[],
): Promise<Omit<LaunchInput, 'resume' | 'credential' | 'ownConfig' | 'port' | 'owner'>> {
  const configDirectory = join(context.paths.sessions, session.id, 'config');
  const promptFile = promptFileOf(context, session.id);
  const sharedDirectory = join(context.paths.agents, session.agent ?? 'none', 'shared');
  await ensureDirectory(configDirectory);
  await ensureDirectory(sharedDirectory);
  if (!(await exists(promptFile))) await writeFileAtomic(promptFile, session.prompt);
  return {
    binary,
    prompt: session.prompt,
    promptFile,
    mode: session.mode,
    permissions: session.permissions,
    model: session.model,
    configDirectory,
    worktree: session.workplace.path,
    session: session.id,
    variant: session.variant,
    newConversation: randomUUID(),
    repository: session.project?.path ?? null,
    sharedDirectory,
    token: randomBytes(24).toString('hex'),
  };
}

/** Inside the session's own directory, whatever an agent's definition says. */
async function writePrepared(directory: string, files: readonly PreparedFile[]): Promise<void> {
  for (const file of files) {
    const path = resolve(directory, file.path);
    if (!path.startsWith(directory + sep)) throw new Error(`a prepared file is outside the session: ${file.path}`);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFileAtomic(path, file.content, file.mode);
    await chmod(path, file.mode);
  }
}

async function requireBinary(context: Context, agent: Agent, { binary }: StartRecord): Promise<Binary> {
  const found = await context.binaries.find(agent, binary ?? null);
  if (found !== null) return found;
  throw new Failure({
    code: 'not-installed',
    message: `the program of ${agent.name} is not there any more`,
    remedy: 'resume the session: it is installed again',
  });
}

async function requireDirectory(path: string): Promise<void> {
  if (await exists(path)) return;
  throw new Failure({
    code: 'no-such-directory',
    message: `the directory ${path} is gone`,
    remedy: 'bring it back, or discard the session',
  });
}

function startRecordOf(context: Context, id: SessionId): StartRecord {
  const record = context.records.get(id);
  if (record !== null) return record;
  throw new Failure({
    code: 'session-unreadable',
    message: `how the session ${id} was started is not known any more`,
    remedy: 'make a new session from its branch, or discard it',
  });
}
