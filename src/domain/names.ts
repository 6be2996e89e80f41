// Names made from a prompt. Any prompt gives a name that git, the file system and the screen accept: empty, emoji,
// 300 characters, `../x`, a leading `-`, a script without Latin letters.
import { SessionId } from './ids.ts';
import { plainLine } from './plain-text.ts';

/** All branches of sessions live below this, so that they can be told from the user's own. */
export const branchPrefix = 'sesame/';

const slugLimit = 40;
const slugWords = 6;
const titleLimit = 60;

/** 32 characters without i, l, o and u, which are read as others or make words. */
const idAlphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** `[a-z0-9]` words joined by `-`, at most 40 characters, never empty; `session` when nothing can be kept. */
export function slugOf(prompt: string): string {
  const words = latinWords(prompt.slice(0, 2000));
  const telling = words.filter((word) => !fillers.has(word));
  const kept = (telling.length > 0 ? telling : words).slice(0, slugWords);
  let slug = '';
  for (const word of kept) {
    const longer = slug === '' ? word.slice(0, slugLimit) : `${slug}-${word}`;
    if (longer.length > slugLimit) break;
    slug = longer;
  }
  return slug === '' ? 'session' : slug;
}

/**
 * `sesame/<slug>[-<agent>][-<n>]`; valid for `git check-ref-format` whatever is given. `agent` in a race of different
 * agents; `n` from 2 on to find a free one.
 */
export function branchName(prompt: string, options: { agent?: string; n?: number } = {}): string {
  const parts = [slugOf(prompt)];
  if (options.agent !== undefined) parts.push(...latinWords(options.agent));
  if (options.n !== undefined) parts.push(String(Math.trunc(options.n)));
  return branchPrefix + parts.join('-').replace(/-+/g, '-');
}

/** `<id>-<slug>`: sorts by id, says what it is about, and is never reused because ids are not. */
export function worktreeDirectoryName(id: SessionId, prompt: string): string {
  return `${id}-${slugOf(prompt)}`;
}

/** A folder name for a project, from its name on disk: readable, safe, not unique. */
export function projectDirectoryName(name: string): string {
  const words = latinWords(name).join('-').slice(0, slugLimit).replace(/-+$/, '');
  return words === '' ? 'project' : words;
}

/**
 * A session id from random bytes, one character a byte: give 4, and more when that one is taken (at most 12). The first
 * is a letter, so that an id is never read as a position in the list.
 */
export function newSessionId(random: Uint8Array): SessionId {
  const text = Array.from(random, (byte, index) =>
    index === 0 ? idAlphabet.charAt(10 + (byte % 22)) : idAlphabet.charAt(byte % 32),
  ).join('');
  return SessionId.parse(text);
}

/** The first line with words in it, at most 60 characters; `untitled` for a prompt that shows nothing. */
export function titleOf(prompt: string): string {
  for (const line of prompt.slice(0, 4000).split(/[\n\r]/)) {
    const title = plainLine(line);
    if (/[^\s\p{M}\u200c\u200d]/u.test(title)) return shorten(title, titleLimit);
  }
  return 'untitled';
}

/** At most `limit` characters as a person counts them, cut at a word when one ends in the last third, then `…`. */
export function shorten(text: string, limit: number): string {
  const characters = Array.from(new Intl.Segmenter('en').segment(text), (part) => part.segment);
  if (characters.length <= limit) return text;
  const cut = characters.slice(0, limit - 1).join('');
  const space = cut.lastIndexOf(' ');
  return `${(space > (cut.length * 2) / 3 ? cut.slice(0, space) : cut).trimEnd()}…`;
}

function latinWords(text: string): string[] {
  return text
    .toWellFormed()
    .toLowerCase()
    .replace(/[ßæœøłđðþı]/g, (letter) => spellings[letter] ?? letter)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/['’]/g, '')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** Letters that NFKD does not take apart. */
const spellings: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

const fillers = new Set(
  'a an and are as at be by can could for from i in into is it its me my of on or our please so some that the then this to us we with would you your'.split(
    ' ',
  ),
);
