// The programs in the panes: small enough that their own cost does not matter, silent except for what is measured.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Prints on command: each line written to the pipe is run by the shell, so nothing typed disturbs the screen. */
const onCommand = `#!/bin/sh
stty -echo
printf 'READY\\r\\n'
while :; do while IFS= read -r line; do eval "$line"; done < "$1"; done
`;

/** Shows the last key at the left edge, so that one key changes one cell. */
const echo = `#!/usr/bin/perl
system('stty raw -echo'); $| = 1; print "READY\\r\\n";
while (sysread(STDIN, my $key, 1)) { syswrite(STDOUT, "\\r$key"); }
`;

/** Lower-case lines without end. */
const flood = `#!/usr/bin/perl
my $text = ''; my $i = 0;
while (length($text) < 8192) { $text .= sprintf("\\e[3%dmline %d\\e[0m the build warned of one more thing here ok\\n", $i % 8, $i); $i++ }
while (1) { syswrite(STDOUT, $text) }
`;

/** A full page of words, marked in the first and in the last row. */
const page = `#!/usr/bin/perl
$| = 1; my $rows = $ARGV[0]; print "\\e[2J\\e[HTOPMARK\\n";
for my $row (2 .. $rows - 1) { for my $i (0 .. 8) { printf "\\e[38;5;%dmword%02d\\e[0m ", ($row * 9 + $i) % 256, $i } print "\\n" }
print 'BOTMARK'; sleep 100000;
`;

const idle = `#!/bin/sh
printf 'READY\\r\\n'
exec sleep 100000
`;

/** Writes the programs below `directory`; values are argv arrays or functions that return them. */
export function makePrograms(directory) {
  mkdirSync(directory, { recursive: true });
  const put = (name, text) => {
    const file = join(directory, name);
    writeFileSync(file, text, { mode: 0o755 });
    return file;
  };
  const files = {
    onCommand: put('on-command', onCommand),
    echo: put('echo', echo),
    flood: put('flood', flood),
    page: put('page', page),
    idle: put('idle', idle),
  };
  return {
    onCommand: (pipe) => [files.onCommand, pipe],
    echo: [files.echo],
    flood: [files.flood],
    page: (rows) => [files.page, String(rows)],
    idle: [files.idle],
  };
}

export function makePipe(path) {
  execFileSync('mkfifo', [path]);
  return path;
}
