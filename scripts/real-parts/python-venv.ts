/** Makes a virtual environment of Python with pinned packages, for the steps whose programs come from PyPI. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Workbench } from './real-part.ts';

const PYTHON_FLOOR = [3, 10] as const;

/** Undefined when a Python that can make virtual environments is there; else the sentence that says what is missing. */
export const lackOfPython = (): string | undefined => {
  const wanted = `Python ${PYTHON_FLOOR.join('.')} or newer with its module venv is needed`;
  const asked = spawnSync(
    'python3',
    ['-c', 'import sys, venv, ensurepip; print(sys.version_info[0], sys.version_info[1])'],
    {
      encoding: 'utf8',
      timeout: 30_000,
    },
  );
  if (asked.error !== undefined || asked.status !== 0)
    return `${wanted}; install python3 and python3-venv, then run setup:real again.`;
  const [major = 0, minor = 0] = asked.stdout.trim().split(' ').map(Number);
  const enough = major > PYTHON_FLOOR[0] || (major === PYTHON_FLOOR[0] && minor >= PYTHON_FLOOR[1]);
  return enough ? undefined : `${wanted}, and this machine has ${major}.${minor}; install a newer one.`;
};

export const venvFolder = (cache: string, name: string): string => path.join(cache, `venv-${name}`);

/** A new environment `venv-NAME` in the cache with these packages and versions, and what pip takes with them. */
export const makeVenv = async (
  bench: Workbench,
  name: string,
  pins: Readonly<Record<string, string>>,
): Promise<string> => {
  const folder = venvFolder(bench.cache, name);
  await bench.run('nice', ['python3', '-m', 'venv', '--clear', folder]);
  const packages = Object.entries(pins).map(([each, version]) => `${each}==${version}`);
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
  await bench.run('nice', [path.join(folder, 'bin/pip'), 'install', ...quiet, ...packages]);
  return folder;
};
