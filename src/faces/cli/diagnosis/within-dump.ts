/** Evidence as it lies inside the dump: who reads a report elsewhere has the dump, and not our path to it. */
import type { CitedEvidence, Problem, Report } from '../../../core/diagnosis/report.ts';

export const withinDump = (report: Report): Report => {
  const [root, ...more] = report.sources;
  if (root === undefined || more.length > 0 || root.startsWith('live:')) return report;
  /** A folder, or an archive with its members. */
  const prefixes = [`${root.replace(/\/+$/, '')}/`, `${root}!`];
  const cited = (list: readonly CitedEvidence[]): readonly CitedEvidence[] =>
    list.map((one) => {
      const prefix = prefixes.find((start) => one.source.startsWith(start));
      return prefix === undefined ? one : { ...one, source: one.source.slice(prefix.length) };
    });
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
