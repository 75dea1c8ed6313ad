/** Puts a simulated cluster on the network and leaves a kubeconfig for it, which goes when the process ends. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fail, ok, type Result } from '../core/result.ts';
import type { ServedCluster, ServeTwinRequest } from '../faces/cli/command.ts';

export const serveTwin = async (
  { cluster, speed, port, folder }: ServeTwinRequest,
  warn: (line: string) => void,
): Promise<Result<ServedCluster>> => {
  const { serveTwin: serve } = await import('../faces/twin-api/serve-twin.ts');
  const onBug = (error: unknown): void =>
    warn(`nicwright has a bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  try {
    const served = await serve({ ...cluster, speed, port, now: Date.now(), onBug });
    const file = writeKubeconfig(served.kubeconfig, folder);
    return ok({ url: served.url, kubeconfigFile: file, ended: served.ended });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EADDRINUSE')
      return fail('usage', `Port ${port} is taken by another program; choose another --port, or leave it out.`);
    if (code === 'EACCES' || code === 'ENOENT' || code === 'ENOTDIR' || code === 'EROFS')
      return fail('usage', `${error instanceof Error ? error.message : code}; choose another --port or --dir.`);
    throw error;
  }
};

/** Readable for nobody else: there is a token in it. */
const writeKubeconfig = (text: string, folder: string | undefined): string => {
  const made = folder === undefined ? mkdtempSync(path.join(os.tmpdir(), 'nicwright-twin-')) : path.resolve(folder);
  mkdirSync(made, { recursive: true });
  const file = path.join(made, 'kubeconfig');
  writeFileSync(file, text, { mode: 0o600 });
  process.on('exit', () => rmSync(folder === undefined ? made : file, { recursive: true, force: true }));
  return file;
};
