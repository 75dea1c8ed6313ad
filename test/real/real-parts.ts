/**
 * Tells suites whether a real program is on this machine, so that they skip by name:
 *
 *     const parts = realPart('realparts');
 *     describe.skipIf(parts.absent)(parts.title('the KubeApi contract'), () => { ... });
 *
 * Under NICWRIGHT_REQUIRE_REAL=1 an absent program is an error at once.
 */
import { accessSync, constants } from 'node:fs';
import { cacheFolder, cachedProgram } from '../../scripts/real-parts/cache-folder.ts';

export interface RealPartOnHand {
  readonly absent: boolean;
  /** Absolute path of the program, whether it is there or not. */
  readonly program: string;
  /** The title of a suite, with the reason in it when it is going to be skipped. */
  readonly title: (title: string) => string;
}

/** `name` is a program in the cache's bin folder: realparts, kubectl, kubectl-1.32, helm. */
export const realPart = (name: string): RealPartOnHand => {
  const program = cachedProgram(name);
  const absent = !isExecutable(program);
  const reason = `no ${name} in ${cacheFolder()}/bin; npm run setup:real makes it`;
  if (absent && process.env['NICWRIGHT_REQUIRE_REAL'] === '1') throw new Error(`NICWRIGHT_REQUIRE_REAL=1: ${reason}`);
  return { absent, program, title: (title) => (absent ? `${title} (${reason})` : title) };
};

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
