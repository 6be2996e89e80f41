// sesame.json of the user's checkout. Whether it is right was checked when the repository was inspected.
import { join } from 'node:path';
import * as z from 'zod';
import { Failure } from '../../domain/failure.ts';
import { ProjectFile } from '../../domain/project-file.ts';
import { readSmallFile } from '../../platform/files.ts';

/** Of the repository at this path; null when there is none. Throws the Failure `bad-project-file`. */
export async function readProjectFile(repository: string): Promise<ProjectFile | null> {
  const path = join(repository, 'sesame.json');
  const text = await readSmallFile(path);
  if (text === null) return null;
  try {
    return ProjectFile.parse(JSON.parse(text));
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
    const why = issue === undefined ? 'it is not JSON' : `${issue.path.join('.')}: ${issue.message}`;
    throw new Failure(
      { code: 'bad-project-file', message: `${path} cannot be used: ${why}`, remedy: 'correct the file or delete it' },
      { cause: error },
    );
  }
}
