// What the demo agent does for a prompt: thoughts it shows and edits it makes. Pure, and the same for the same prompt and
// variant; different variants choose other files and other words, so that a race has something to compare.
import { slugOf, titleOf } from '../domain/names.ts';

export interface Edit {
  path: string;
  /** The new content, from the old one (null when the file does not exist). */
  apply(old: string | null): string;
}

export interface Plan {
  thoughts: string[];
  edits: Edit[];
  /** Its last words, when it was let to change so many files. */
  summary(changed: number): string;
  trouble: { ask: boolean; fail: boolean; crash: boolean; hang: boolean; flood: boolean };
}

export function makePlan(prompt: string, variant: number, turn: number): Plan {
  const title = titleOf(prompt);
  const slug = turn > 1 ? `${slugOf(prompt)}-${turn}` : slugOf(prompt);
  const pick = picker(`${prompt}\0${variant}`);
  const words = new Set(
    prompt
      .slice(0, 100_000)
      .toLowerCase()
      .match(/[a-z]+/g) ?? [],
  );
  const edits = chooseEdits({ title, slug, variant, pick, words });
  return {
    thoughts: [
      pick(['Reading the repository', 'Looking around the repository', 'Getting to know the code']),
      pick([`Looking for what “${title}” touches`, `Working out what “${title}” needs`, `Taking “${title}” apart`]),
      pick([
        'Comparing two ways to do it',
        'Weighing a small change against a thorough one',
        'Checking how similar things are done here',
      ]),
      pick([
        'Taking the smaller change',
        'Choosing the one that is easier to review',
        'Going for the version with fewer moving parts',
      ]),
    ],
    edits,
    summary: pick([
      (changed: number) => `${title}: done in ${count(changed)}.`,
      (changed: number) => `Done. ${capital(count(changed))} changed for “${title}”.`,
      (changed: number) => `I finished “${title}” in ${count(changed)}.`,
    ]),
    trouble: {
      ask: words.has('ask'),
      fail: words.has('fail'),
      crash: words.has('crash'),
      hang: words.has('hang'),
      flood: words.has('flood'),
    },
  };
}

interface Topic {
  title: string;
  slug: string;
  variant: number;
  pick: Picker;
  words: ReadonlySet<string>;
}

function chooseEdits(topic: Topic): Edit[] {
  const edits = [readme(topic)];
  if (topic.words.has('changelog')) edits.unshift(changelog(topic));
  const style = (topic.variant - 1) % 3;
  if (style === 0) edits.push(notes(topic, 'docs'), code(topic));
  if (style === 1) edits.push(code(topic), check(topic));
  if (style === 2) edits.push(notes(topic, 'notes'));
  if (style !== 1 && (topic.words.has('test') || topic.words.has('tests'))) edits.push(check(topic));
  return edits;
}

function readme({ title, slug, pick, variant }: Topic): Edit {
  const heading = pick(['What is new', 'Recent work', 'Notes for readers']);
  const line = pick([`${title}, see \`${slug}\`.`, `Added: ${title}.`, `This version covers: ${title}.`]);
  return {
    path: 'README.md',
    apply: (old) => append(old ?? '# Project\n', `## ${heading}\n\n- ${line} (variant ${variant})\n`),
  };
}

function changelog({ title, pick }: Topic): Edit {
  const entry = pick([`- Added: ${title}.\n`, `### Added\n\n- ${title}\n`, `- ${title} (see README.md)\n`]);
  return {
    path: 'CHANGELOG.md',
    apply(old) {
      if (old === null) return `# Changelog\n\nAll notable changes to this project.\n\n## Unreleased\n\n${entry}`;
      const place = /^## +\[?unreleased\]?.*\n\n?/im.exec(old);
      if (place === null) return append(old, `## Unreleased\n\n${entry}`);
      const at = place.index + place[0].length;
      return old.slice(0, at) + entry + old.slice(at);
    },
  };
}

function notes({ title, slug, pick }: Topic, folder: string): Edit {
  const steps = [
    pick(['Find the smallest place to change.', 'Keep the public names as they are.', 'Start from the caller.']),
    pick(['Write the check first.', 'Cover the empty case.', 'Say what happens on failure.']),
    pick(['Leave the rest alone.', 'Come back for the names.', 'Ask before going further.']),
  ];
  return {
    path: `${folder}/${slug}.md`,
    apply: (old) =>
      append(old ?? `# ${title}\n`, `${steps.map((step, index) => `${index + 1}. ${step}`).join('\n')}\n`),
  };
}

function code({ title, slug, pick }: Topic): Edit {
  const name = camel(slug);
  const body = pick([
    `  return values.filter((value) => value !== undefined);\n`,
    `  const kept = new Set(values);\n  return [...kept];\n`,
    `  return values.map((value, index) => ({ index, value }));\n`,
  ]);
  return {
    path: `src/${slug}.js`,
    apply: (old) => append(old ?? `// ${title}\n`, `export function ${name}(values) {\n${body}}\n`),
  };
}

function check({ title, slug, pick }: Topic): Edit {
  const name = camel(slug);
  const values = pick(['[1, 2, 3]', "['a', 'b']", '[]']);
  return {
    path: `test/${slug}.test.js`,
    apply: (old) =>
      append(
        old ??
          `import test from 'node:test';\nimport assert from 'node:assert/strict';\nimport { ${name} } from '../src/${slug}.js';\n`,
        `test(${JSON.stringify(title)}, () => {\n  assert.equal(${name}(${values}).length, ${values}.length);\n});\n`,
      ),
  };
}

function append(old: string, more: string): string {
  const separator = old === '' || old.endsWith('\n\n') ? '' : old.endsWith('\n') ? '\n' : '\n\n';
  return old + separator + more;
}

function camel(slug: string): string {
  const name = slug.replace(/-+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return /^[a-z]/.test(name) ? name : `do${name}`;
}

function count(files: number): string {
  return files === 1 ? 'one file' : `${['no', 'one', 'two', 'three', 'four', 'five'][files] ?? files} files`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

type Picker = <T>(choices: readonly [T, ...T[]]) => T;

/** A small generator seeded by the text (FNV-1a, then mulberry32): the same choices on every machine. */
function picker(seed: string): Picker {
  let state = 0x811c9dc5;
  for (let index = 0; index < seed.length; index++) {
    state = Math.imul(state ^ seed.charCodeAt(index), 0x01000193);
  }
  return (choices) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    const index = ((mixed ^ (mixed >>> 14)) >>> 0) % choices.length;
    return choices[index] ?? choices[0];
  };
}
