/** README.md with real transcripts in it: the blocks after these headings are made by running the commands in them. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const TRANSCRIPTS = [
  { heading: '## What it says\n', option: '--once' },
  { heading: '## And to its end\n', option: '--story' },
] as const;

const FENCE = '```\n';

const withTranscript = (root: string, text: string, { heading, option }: (typeof TRANSCRIPTS)[number]): string => {
  const begin = text.indexOf(FENCE, text.indexOf(heading) + heading.length);
  const end = text.indexOf(`\n${FENCE}`, begin + FENCE.length);
  if (!text.includes(heading) || begin < 0 || end < 0) throw new Error(`README.md has no block after ${heading}`);
  const out = execFileSync(process.execPath, ['bin/nicwright.mjs', 'start', option], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  return `${text.slice(0, begin)}${FENCE}$ npm start -s -- ${option}\n${out.trimEnd()}${text.slice(end)}`;
};

export const readmePage = (root: string): string =>
  TRANSCRIPTS.reduce(
    (text, transcript) => withTranscript(root, text, transcript),
    readFileSync(path.join(root, 'README.md'), 'utf8'),
  );
