/** Installs packages of Debian. Their versions are the distribution's, so a step pins only what it relies on. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { Workbench } from './real-part.ts';

const POLICY = '/usr/sbin/policy-rc.d';

/** Undefined when packages can be installed here; else the sentence that says why not. */
export const lackOfPackageRights = (packages: readonly string[]): string | undefined => {
  if (process.getuid?.() !== 0)
    return `${packages.join(', ')} must be installed as root: run setup:real as root, or install them by hand.`;
  const asked = spawnSync('apt-get', ['--version'], { timeout: 30_000 });
  return asked.error === undefined
    ? undefined
    : `${packages.join(', ')} are installed by apt-get, and this machine has none: install them by hand.`;
};

export const isOnPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(`${folder}/${program}`));

export const installPackages = async (bench: Workbench, packages: readonly string[]): Promise<void> => {
  // Without it Debian starts every server it installs.
  if (!existsSync(POLICY)) await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const options = { env: { DEBIAN_FRONTEND: 'noninteractive' } };
  // Other steps, and other people, install at the same time.
  const patient = ['-o', 'DPkg::Lock::Timeout=600', '-qq'];
  await bench.run('nice', ['apt-get', ...patient, 'update'], options);
  await bench.run('nice', ['apt-get', ...patient, 'install', '-y', '--no-install-recommends', ...packages], options);
};
