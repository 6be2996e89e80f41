// Archives written entry by entry, so that they can hold what no well-meant program would write.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';

export interface Entry {
  path: string;
  content?: string | Buffer;
  mode?: number;
  type?: 'File' | 'Directory' | 'SymbolicLink' | 'Link' | 'CharacterDevice' | 'FIFO';
  linkpath?: string;
  /** Says so in the header, whatever the content is. */
  size?: number;
}

export function makeTar(entries: readonly Entry[]): Buffer {
  const blocks: Buffer[] = [];
  for (const { path, content = '', mode = 0o644, type = 'File', linkpath, size } of entries) {
    const bytes = Buffer.from(content);
    const header = new Header({
      path,
      mode,
      type,
      size: size ?? bytes.length,
      mtime: new Date(0),
      ...(linkpath === undefined ? {} : { linkpath }),
    });
    const block = Buffer.alloc(512);
    header.encode(block, 0);
    blocks.push(block, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

export function makeTgz(entries: readonly Entry[]): Buffer {
  return gzipSync(makeTar(entries), { level: 1 });
}

export function digest(algorithm: 'sha256' | 'sha512', bytes: Buffer, encoding: 'hex' | 'base64' = 'hex'): string {
  return createHash(algorithm).update(bytes).digest(encoding);
}

/** A program that says its version, as agents do. */
export function programText(version: string, then = ''): string {
  return `#!/bin/sh\nif [ "$1" = --version ]; then echo "fake ${version}"; exit 0; fi\n${then}\n`;
}
