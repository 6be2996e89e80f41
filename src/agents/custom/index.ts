// An agent of the user's own, from config.json: a command line with places for the prompt and the rest.
import type { CustomAgent } from '../../domain/config.ts';
import { AgentId } from '../../domain/ids.ts';
import type { Agent, Launch, LaunchInput } from '../agent.ts';
import { anyVersion } from '../distribution.ts';
import { genericDetector } from '../generic-detector.ts';
import { readNumberedQuestion } from '../numbered-choices.ts';
import { plainAgent } from '../plain-agent.ts';

/** Linux refuses an argument of 128 KiB; the rest of the element and other systems need some room. */
const argumentLimitBytes = 100 * 1024;

/** Throws a ZodError when the id is not a valid agent id. */
export function customAgent(id: string, custom: CustomAgent): Agent {
  const [command] = custom.argv;
  return {
    id: AgentId.parse(id),
    name: custom.name ?? id,
    vendor: 'yours',
    docs: '',
    features: {
      resume: custom.resume !== undefined,
      fork: false,
      task: false,
      model: custom.argv.some((part) => part.includes('{model}')),
      permissions: false,
      reportsStatus: false,
    },
    distributions: [{ kind: 'command', command: command ?? '' }],
    versionPattern: anyVersion,
    environment: custom.environment,
    ...plainAgent,
    launch: (input) => launch(custom, input),
    detector: genericDetector,
    choices: (rows) => readNumberedQuestion(rows)?.choices ?? [],
    answer: (choice) => choice.digit,
  };
}

function launch(custom: CustomAgent, input: LaunchInput): Launch {
  const resuming = input.resume !== null && custom.resume !== undefined;
  const template = (resuming ? custom.resume : custom.argv) ?? [];
  const choosesId = !resuming && template.some((part) => part.includes('{conversation}'));
  const conversation = choosesId ? input.newConversation : (input.resume?.conversation ?? null);
  const prompt = promptPlace(custom, input, resuming);

  const argv = [...input.binary];
  let placed = false;
  for (const part of template.slice(1)) {
    if (part.includes('{prompt}')) {
      placed = true;
      // A prompt that cannot be an argument is pasted instead; its place is left out.
      if (prompt !== 'argument') continue;
    }
    if (part.includes('{model}') && input.model === null) {
      // `--model {model}` without a model: neither the value nor the option before it.
      if (part === '{model}' && argv.length > input.binary.length && argv.at(-1)?.startsWith('-') === true) argv.pop();
      continue;
    }
    argv.push(fill(part, input, conversation));
  }
  if (prompt === 'argument' && !placed && !resuming) argv.push(asArgument(input.prompt));
  return { argv, env: {}, paste: prompt === 'paste' ? input.prompt : null, conversation, sources: [] };
}

/** How this prompt reaches the program, or null when it does not (continuing a conversation). */
function promptPlace(custom: CustomAgent, input: LaunchInput, resuming: boolean): CustomAgent['prompt'] | null {
  if (resuming) return null;
  if (custom.prompt !== 'argument') return custom.prompt;
  return new TextEncoder().encode(input.prompt).byteLength > argumentLimitBytes ? 'paste' : 'argument';
}

/** One pass, so that a prompt which itself contains `{model}` is left as it is. */
function fill(part: string, input: LaunchInput, conversation: string | null): string {
  const filled = part.replace(/\{(prompt|promptFile|model|conversation|worktree)\}/g, (_, name: string) => {
    switch (name) {
      case 'prompt':
        return input.prompt;
      case 'promptFile':
        return input.promptFile;
      case 'model':
        return input.model ?? '';
      case 'conversation':
        return conversation ?? '';
      default:
        return input.worktree;
    }
  });
  return part.startsWith('{prompt}') ? asArgument(filled) : filled;
}

/** A prompt that begins with `-` would be read as an option; a space before it is not part of what anyone means. */
function asArgument(prompt: string): string {
  return prompt.startsWith('-') ? ` ${prompt}` : prompt;
}
