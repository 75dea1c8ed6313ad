/** npm run generate: writes the pages that are made from code. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generatedPages, ROOT } from './pages/pages.ts';

for (const [file, text] of Object.entries(await generatedPages())) {
  const target = path.join(ROOT, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
  console.log(file);
}
