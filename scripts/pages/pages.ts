/** Every generated page by path; scripts/generate.ts writes them and test/docs.test.ts compares them. */
import path from 'node:path';
import { commandsPage } from './commands-page.ts';
import { readmePage } from './readme-page.ts';
import { requirementsPage } from './requirements-page.ts';

export const ROOT = path.resolve(import.meta.dirname, '../..');

export const generatedPages = async (): Promise<Readonly<Record<string, string>>> => ({
  'README.md': readmePage(ROOT),
  'docs/commands.md': await commandsPage(),
  'docs/requirements.md': requirementsPage(ROOT),
});
