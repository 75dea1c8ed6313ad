/** Every generated page by path; scripts/generate.ts writes them and test/docs.test.ts compares them. */
import path from 'node:path';
import { z } from 'zod';
import { reportSchema } from '../../src/core/diagnosis/report-schema.ts';
import { controllerManifests } from '../../src/app/install/manifests.ts';
import { rolloutDefinition } from '../../src/core/model/crd/rollout-definition.ts';
import { manifestText } from '../../src/faces/cli/install/manifest-text.ts';
import { commandsPage } from './commands-page.ts';
import { planFixPage } from './plan-fix-page.ts';
import { readmePage } from './readme-page.ts';
import { requirementsPage } from './requirements-page.ts';
import { rulesPage } from './rules-page.ts';

export const ROOT = path.resolve(import.meta.dirname, '../..');

export const generatedPages = async (): Promise<Readonly<Record<string, string>>> => ({
  'README.md': readmePage(ROOT),
  'docs/diagnosis.schema.json': `${JSON.stringify(z.toJSONSchema(reportSchema), undefined, 2)}\n`,
  'deploy/crds/rollouts.yaml': manifestText([rolloutDefinition()]),
  'deploy/controller.yaml': manifestText(controllerManifests()),
  'docs/commands.md': await commandsPage(),
  'docs/plan-fix.md': planFixPage(),
  'docs/rules.md': rulesPage(),
  'docs/requirements.md': requirementsPage(ROOT),
});
