/** Gathers what the two written reports are made of, only when one of them is asked for. */
import { gatherFacts, type FactOptions } from '../../../core/diagnosis/facts.ts';
import { incidentOf } from '../../../core/diagnosis/incident.ts';
import type { CitedEvidence, Problem, Report } from '../../../core/diagnosis/report.ts';
import type { Snapshot } from '../../../core/snapshot/snapshot.ts';
import type { OptionValues } from '../command.ts';
import type { Written } from './incident-markdown.ts';

/** The command that looks at the same input again. */
const againCommand = ({ from, context, operatorNamespace }: OptionValues): string => {
  const quote = (word: string): string =>
    /^[\w./:@=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
  const paths = Array.isArray(from) ? (from as readonly string[]) : [];
  return [
    'nicwright diagnose',
    ...(paths.length === 0 ? [] : ['--from', ...paths.map(quote)]),
    ...(typeof context === 'string' ? ['--context', quote(context)] : []),
    ...(typeof operatorNamespace === 'string' ? ['--operator-namespace', quote(operatorNamespace)] : []),
  ].join(' ');
};

/** Who reads the report elsewhere has the dump, and not our path to it. */
const withinDump = (report: Report): Report => {
  const [root, ...more] = report.sources;
  if (root === undefined || more.length > 0 || root.startsWith('live:')) return report;
  const prefix = `${root.replace(/\/+$/, '')}/`;
  const cited = (list: readonly CitedEvidence[]): readonly CitedEvidence[] =>
    list.map((one) => (one.source.startsWith(prefix) ? { ...one, source: one.source.slice(prefix.length) } : one));
  const inside = (problem: Problem): Problem => ({
    ...problem,
    evidence: cited(problem.evidence),
    consequences: problem.consequences.map((one) => ({ ...one, evidence: cited(one.evidence) })),
  });
  return {
    ...report,
    problems: report.problems.map(inside),
    symptoms: report.symptoms.map(inside),
    observations: report.observations.map(inside),
  };
};

export const writtenReport = (
  snapshot: Snapshot,
  report: Report,
  factOptions: FactOptions,
  options: OptionValues,
  when: string,
): Written => {
  const facts = gatherFacts(snapshot, factOptions);
  return {
    report: withinDump(report),
    incident: incidentOf(facts, report),
    inventory: facts.inventory,
    when,
    again: againCommand(options),
  };
};
