/** Whether a name inside an archive stays inside it: nothing is unpacked to disk, and still no name may point outside. */
import path from 'node:path';

const isAbsolute = (name: string): boolean => name.startsWith('/') || /^[A-Za-z]:/.test(name);

const leaves = (name: string): boolean => name === '..' || name.startsWith('../');

/** The name in plain form (`./a//b` -> `a/b`), or why it is refused. */
export const memberPath = (
  given: string,
  maxDepth: number,
): { readonly path: string } | { readonly refused: string } => {
  const name = given.replaceAll('\\', '/');
  if (name.includes('\0')) return { refused: 'its name holds a zero byte' };
  if (isAbsolute(name)) return { refused: 'its path is absolute and would lead out of the archive' };
  const plain = path.posix.normalize(name);
  if (leaves(plain)) return { refused: 'its path leads out of the archive' };
  if (plain.split('/').length > maxDepth) return { refused: `folders are nested deeper than ${maxDepth}` };
  return { path: plain };
};

/** Why a link is refused; undefined where it stays inside, and its target is read under its own name. */
export const refusedLink = (name: string, target: string, kind: 'symbolic' | 'hard'): string | undefined => {
  const to = target.replaceAll('\\', '/');
  // A hard link's target counts from the root of the archive, a symbolic link's from its own folder.
  const from = kind === 'hard' ? '' : path.posix.dirname(name);
  return isAbsolute(to) || leaves(path.posix.normalize(path.posix.join(from, to)))
    ? `it is a link that leaves the archive (to ${target})`
    : undefined;
};
