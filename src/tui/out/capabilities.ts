// What the outer terminal can do: first by the environment, then by its own answers.
import type { EncoderOptions } from '../cell/encode.ts';
import { readColorReply } from '../input/string-reply.ts';
import type { Reply } from '../input/token.ts';
import type { ColorDepth } from './downsample.ts';

export interface Capabilities extends EncoderOptions {
  /** The kitty keyboard protocol: keys are told apart that legacy bytes mix up, and Escape needs no waiting. */
  kittyKeyboard: boolean;
  /** The terminal's background, when it told; suggests the theme. */
  background: { r: number; g: number; b: number } | null;
  /** Name and version as the terminal gives them, or empty. */
  name: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Asked all at once; every terminal answers the last one (DA1), so what has not been answered by then will not be.
 * Terminals that show unknown sequences as text are drawn over by the first frame.
 */
export const probe = '\x1b[?2026$p' + '\x1b[?u' + '\x1b]11;?\x1b\\' + '\x1b[>0q' + '\x1bP+q524742\x1b\\' + '\x1b[c';

const trueColorTerm =
  /-direct$|^xterm-(?:kitty|ghostty)$|^(?:alacritty|wezterm|foot|contour|rio|ghostty|kitty|iterm2?)/;
const trueColorPrograms = new Set([
  'iTerm.app',
  'WezTerm',
  'vscode',
  'ghostty',
  'Hyper',
  'rio',
  'WarpTerminal',
  'Tabby',
]);
const modernName =
  /^(?:kitty|WezTerm|foot|ghostty|iTerm2|contour|Konsole|mintty|alacritty|xterm\.js|VTE|tmux 3\.[2-9]|Rio|Windows Terminal)/i;
const oldTerm = /^(?:linux|vt\d|cons|sun|ansi$|dumb|screen$)/;

/** `NO_COLOR` wins, then COLORTERM, then what TERM and TERM_PROGRAM are known for. */
export function colorDepthOf(env: Environment): ColorDepth {
  const term = env.TERM ?? '';
  if ((env.NO_COLOR ?? '') !== '' || term === '' || term === 'dumb' || /^vt\d/.test(term)) return 'none';
  if (/^(?:truecolor|24bit)$/i.test(env.COLORTERM ?? '')) return 'truecolor';
  if (trueColorTerm.test(term) || trueColorPrograms.has(env.TERM_PROGRAM ?? '') || env.WT_SESSION) return 'truecolor';
  if (/256/.test(term) || env.TERM_PROGRAM === 'Apple_Terminal') return '256';
  return '16';
}

export function capabilitiesOf(env: Environment): Capabilities {
  const term = env.TERM ?? '';
  const isOld = oldTerm.test(term);
  return {
    colors: colorDepthOf(env),
    synchronized: false,
    styledUnderlines: trueColorTerm.test(term) || Number(env.VTE_VERSION ?? 0) >= 5200,
    hyperlinks: !isOld,
    // GNU screen erases in the default colour; tmux, under the same name, does not.
    backColorErase: !term.startsWith('screen') || (env.TMUX ?? '') !== '',
    kittyKeyboard: false,
    background: null,
    name: '',
  };
}

/** The capabilities after one more answer; the same object when it changes nothing. */
export function learn(known: Capabilities, reply: Reply): Capabilities {
  switch (reply.type) {
    case 'mode':
      // 1 set, 2 reset, 3 always set: known; 0 unknown, 4 never.
      return reply.mode === 2026 && reply.value >= 1 && reply.value <= 3 ? { ...known, synchronized: true } : known;
    case 'kitty-flags':
      return { ...known, kittyKeyboard: true, styledUnderlines: true };
    case 'osc': {
      const background = reply.code === 11 ? readColorReply(reply.text) : null;
      return background === null ? known : { ...known, background };
    }
    case 'dcs':
      return learnFromDcs(known, reply.text);
    default:
      return known;
  }
}

function learnFromDcs(known: Capabilities, text: string): Capabilities {
  if (/^1\+r524742/i.test(text)) return { ...known, colors: atLeastTrueColor(known.colors) };
  if (!text.startsWith('>|')) return known;
  const name = text.slice(2, 80).replace(/[^\x20-\x7e]/g, '');
  if (!modernName.test(name)) return { ...known, name };
  return { ...known, name, colors: atLeastTrueColor(known.colors), styledUnderlines: true };
}

/** SSH does not carry COLORTERM; `none` was asked for by the user and stays. */
function atLeastTrueColor(colors: ColorDepth): ColorDepth {
  return colors === 'none' ? 'none' : 'truecolor';
}
