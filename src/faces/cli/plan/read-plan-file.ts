/** A plan file as a command is given it. */
import { readPlan, type Plan } from '../../../core/plan/plan.ts';
import { fail, type Result } from '../../../core/result.ts';
import type { CommandContext } from '../command.ts';

export const readPlanFile = async (context: CommandContext, path: string): Promise<Result<Plan>> => {
  const documents = await context.readDocuments(path);
  if (!documents.ok) return documents;
  const [document, ...more] = documents.value;
  if (document === undefined || more.length > 0)
    return fail('usage-plan', `${path} holds ${documents.value.length} documents; a plan is one.`);
  return readPlan(document.value, path);
};
