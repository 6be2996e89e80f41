// The checksum of a file as it lies on the disk.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** Hexadecimal, lower case. Reads in pieces, so that the loop goes on between them. */
export async function digestOf(path: string, algorithm: 'sha256' | 'sha512', signal: AbortSignal): Promise<string> {
  const hash = createHash(algorithm);
  for await (const bytes of createReadStream(path, { highWaterMark: 256 << 10, signal })) hash.update(bytes as Buffer);
  return hash.digest('hex');
}
