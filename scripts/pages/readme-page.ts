/** README.md with a real transcript in it: the part between the fences after `## What it says` is made by running it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const MARK = '## What it says\n';

export const readmePage = (root: string): string => {
  const text = readFileSync(path.join(root, 'README.md'), 'utf8');
  const [head = '', rest = ''] = text.split(MARK);
  const tail = rest.slice(rest.indexOf('\n```\n', rest.indexOf('```') + 3) + '\n```\n'.length);
  const out = execFileSync(process.execPath, ['bin/nicwright.mjs', 'start', '--once'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return `${head}${MARK}\n\`\`\`\n$ npm start -s -- --once\n${out}\`\`\`\n${tail}`;
};
