/**
 * Commands that people type use the client that they have: `oc` on OpenShift. Rules and sources may write `kubectl`; it is
 * changed here, once, in everything that is printed to be typed and in nothing that was read.
 */
import type { Facts } from './facts.ts';
import type { Problem, Report } from './report.ts';

/** kubectl as the name of a program, not as a part of a path, a label or a file. */
const CLIENT = /(?<=^|[\s;&|(`$"'])kubectl(?=\s)/g;

export const typedWith = (command: string, client: Facts['cli']): string =>
  client === 'kubectl' ? command : command.replaceAll(CLIENT, client);

export const withClient = (report: Report, client: Facts['cli']): Report => {
  if (client === 'kubectl') return report;
  const typed = (command: string): string => typedWith(command, client);
  const settled = <T extends { readonly settle?: string }>(one: T): T =>
    one.settle === undefined ? one : { ...one, settle: typed(one.settle) };
  const problem = (one: Problem): Problem => ({
    ...one,
    candidates: one.candidates.map(settled),
    remedy: one.remedy.map((step) => (step.command === undefined ? step : { ...step, command: typed(step.command) })),
  });
  return {
    ...report,
    problems: report.problems.map(problem),
    symptoms: report.symptoms.map(problem),
    observations: report.observations.map(problem),
    notLookedAt: report.notLookedAt.map(settled),
  };
};
