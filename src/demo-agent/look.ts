// How the agent's lines look: 24-bit colours, none when NO_COLOR is set. Everything reads without colour too.

export interface Look {
  header(variant: number, cols: number): string[];
  prompt(text: string): string[];
  thought(text: string): string;
  edited(verb: string, path: string, added: number, removed: number): string;
  note(text: string): string;
  problem(text: string): string;
  summary(text: string): string;
  spinner(frame: number, text: string): string;
  question(text: string, choices: readonly string[], selected: number): string[];
  input(text: string): string;
  hint(text: string): string;
}

const spinnerFrames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const promptRows = 4;

export function makeLook(colours: boolean): Look {
  const paint = (codes: string, text: string): string => (colours ? `\u001b[${codes}m${text}\u001b[0m` : text);
  const teal = (text: string): string => paint('38;2;94;196;182', text);
  const amber = (text: string): string => paint('38;2;229;181;103', text);
  const grey = (text: string): string => paint('38;2;128;136;150', text);
  const green = (text: string): string => paint('38;2;126;198;116', text);
  const red = (text: string): string => paint('38;2;231;111;104', text);

  return {
    header(variant, cols) {
      const name = `demo agent ${variant}`;
      const line = '─'.repeat(Math.max(4, Math.min(cols, 60) - name.length - 5));
      return [`${teal('◆')} ${paint('1', name)} ${colours ? fade(line) : line}`, ''];
    },
    prompt(text) {
      const lines = text.split('\n');
      const shown = lines
        .slice(0, promptRows)
        .map((line, index) => `${amber(index === 0 ? '❯' : ' ')} ${line.slice(0, 400)}`);
      if (lines.length > promptRows) shown.push(grey(`  … ${lines.length - promptRows} more lines`));
      return [...shown, ''];
    },
    thought: (text) => `${grey('·')} ${grey(text)}`,
    edited: (verb, path, added, removed) =>
      `${green('✓')} ${verb} ${paint('1', path)} ${green(`+${added}`)}${removed > 0 ? ` ${red(`−${removed}`)}` : ''}`,
    note: (text) => `${amber('!')} ${text}`,
    problem: (text) => `${red('✗')} ${text}`,
    summary: (text) => `${teal('●')} ${text}`,
    spinner: (frame, text) => `${teal(spinnerFrames.charAt(frame % spinnerFrames.length))} ${text}`,
    question: (text, choices, selected) => [
      '',
      `${amber('?')} ${paint('1', text)}`,
      ...choices.map((choice, index) =>
        index === selected ? `${amber(`❯ ${index + 1}. ${choice}`)}` : `  ${index + 1}. ${choice}`,
      ),
      '',
      grey('  1-3 or arrows and enter'),
    ],
    input: (text) => `${amber('>')} ${text}`,
    hint: (text) => grey(`  ${text}`),
  };
}

/** A line that goes from teal to dark. */
function fade(line: string): string {
  const characters = [...line];
  const steps = characters.map((character, index) => {
    const left = 1 - index / characters.length;
    const [r, g, b] = [38 + 56 * left, 44 + 152 * left, 56 + 126 * left].map(Math.round);
    return `\u001b[38;2;${r};${g};${b}m${character}`;
  });
  return `${steps.join('')}\u001b[0m`;
}
