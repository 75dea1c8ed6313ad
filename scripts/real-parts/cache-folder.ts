/** Where the real parts are built and looked for: NICWRIGHT_CACHE, or ~/.cache/nicwright. Setup writes it, tests read it. */
import os from 'node:os';
import path from 'node:path';

export const cacheFolder = (): string =>
  path.resolve(process.env['NICWRIGHT_CACHE'] ?? path.join(os.homedir(), '.cache/nicwright'));

/** Programs that setup built or wrapped stand here: realparts, kubectl, helm, etcd, kubectl-1.32. */
export const cachedProgram = (name: string): string => path.join(cacheFolder(), 'bin', name);
