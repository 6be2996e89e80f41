import { tmpdir } from 'node:os';

/**
 * What `make` makes once per test file, in its home, with which it goes away. Test files share a process, and what is
 * remembered here outlives their homes.
 */
export function oncePerHome(make: (home: string) => Promise<string>): () => Promise<string> {
  const made = new Map<string, Promise<string>>();
  return () => {
    const home = process.env['HOME'] ?? tmpdir();
    let path = made.get(home);
    if (path === undefined) {
      path = make(home);
      made.set(home, path);
    }
    return path;
  };
}
