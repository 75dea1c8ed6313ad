/** Lets one process at a time work on a step: two setups of one cache would write over each other's files. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT_MS = 30 * 60_000;

export const withLock = async <T>(file: string, work: () => Promise<T>): Promise<T> => {
  await take(file);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
};

const take = async (file: string): Promise<void> => {
  const until = performance.now() + LIMIT_MS;
  let told = false;
  while (performance.now() < until) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => ''));
    // An empty file is one that its owner is just writing; an owner that is gone left it behind.
    if (holder > 0 && !alive(holder)) await rm(file, { force: true });
    else {
      if (!told) console.log(`waiting for setup of process ${holder || '?'} (${file})`);
      told = true;
      await sleep(500);
    }
  }
  throw new Error(`${file} was held for ${LIMIT_MS / 60_000} minutes; delete it if no setup is running.`);
};

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};
