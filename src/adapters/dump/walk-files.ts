/**
 * Lists the files under the paths a user gave, in a stable order, within limits. Links that leave the root are refused
 * by name; reading the files is left to read-input-files.ts.
 */
import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Limits } from './input-limits.ts';

export interface FoundFile {
  /** As the user would type it. */
  readonly name: string;
  readonly sizeBytes: number;
}

export interface RefusedPath {
  readonly name: string;
  readonly because: string;
}

const reasonOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'EACCES' || code === 'EPERM') return 'we have no right to read it';
  if (code === 'ENOENT') return 'there is no such file or folder';
  if (code === 'ELOOP') return 'its links go round in a circle';
  return error instanceof Error ? (error.message.split('\n')[0] ?? 'it cannot be read') : 'it cannot be read';
};

export const walkFiles = (
  roots: readonly string[],
  limits: Pick<Limits, 'maxFiles' | 'maxDepth'>,
): { files: readonly FoundFile[]; refused: readonly RefusedPath[] } => {
  const files: FoundFile[] = [];
  const refused: RefusedPath[] = [];
  const refuse = (name: string, because: string): void => void refused.push({ name, because });

  const visit = (name: string, root: string, depth: number): void => {
    if (files.length >= limits.maxFiles) return;
    try {
      if (depth > 0 && lstatSync(name).isSymbolicLink()) {
        const target = realpathSync(name);
        // What stays inside is read under its own name: once, and in no circle.
        if (target !== root && !target.startsWith(root + path.sep))
          refuse(name, 'it is a link that leaves the folder given');
        return;
      }
      const stat = statSync(name);
      if (stat.isDirectory()) {
        if (depth >= limits.maxDepth) {
          refuse(name, `folders are nested deeper than ${limits.maxDepth}`);
          return;
        }
        const children = readdirSync(name).toSorted();
        for (const child of children) visit(path.join(name, child), root, depth + 1);
      } else if (!stat.isFile()) refuse(name, 'it is neither a file nor a folder');
      else files.push({ name, sizeBytes: stat.size });
    } catch (error) {
      refuse(name, reasonOf(error));
    }
  };

  for (const given of roots) {
    let root = path.resolve(given);
    try {
      root = realpathSync(given);
    } catch {
      // visit() says what is wrong with it.
    }
    visit(given, root, 0);
  }
  if (files.length >= limits.maxFiles)
    refuse(roots.join(' '), `it holds more than ${limits.maxFiles} files; the rest was not read`);
  return { files, refused };
};
