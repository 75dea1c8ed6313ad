/**
 * A diagnosis as JUnit XML, for CI: a suite a rule, a case a place. Findings at or above --fail-on are failures, what cannot
 * be told or was set aside is skipped, and what was looked at and is in order has passed.
 */
import { SEVERITIES, type Severity } from '../../../core/diagnosis/finding.ts';
import type { Problem, Report, UnknownFact } from '../../../core/diagnosis/report.ts';
import { escapeMarkup } from './escape-markup.ts';
import { citedPlace, citedText, placeName, suppressionText } from './places.ts';

interface TestCase {
  readonly suite: string;
  readonly name: string;
  readonly failure?: { readonly type: string; readonly message: string; readonly text: string };
  readonly skipped?: string;
  readonly out?: string;
}

const detailsOf = ({ summary, evidence, remedy }: Problem): string =>
  [
    summary,
    ...evidence.map((one) => `${citedPlace(one)}  ${citedText(one)}`),
    ...remedy.map(({ text, command }, at) => `${at + 1}. ${text}${command === undefined ? '' : `\n   ${command}`}`),
  ].join('\n');

/** A case a place; what was seen and what to do stand in the first only, since thousands of places share them. */
const ofProblem = (problem: Problem, fails: boolean): readonly TestCase[] =>
  problem.scopes.map((scope, index) => ({
    suite: problem.rule,
    name: `${placeName(scope)}: ${problem.title}`,
    ...(fails
      ? {
          failure: {
            type: problem.severity,
            message: problem.summary,
            text: index === 0 ? detailsOf(problem) : `as ${placeName(problem.scopes[0] ?? {})}`,
          },
        }
      : { out: `${problem.severity}: ${problem.summary}` }),
  }));

const ofUnknown = ({ what, why, settle, rules, nodes }: UnknownFact): readonly TestCase[] =>
  rules.map((suite) => ({
    suite,
    name: `${what}${nodes.length === 0 ? '' : ` of ${nodes.join(', ')}`}`,
    skipped: `cannot tell: ${why}; get it with: ${settle}`,
  }));

const casesOf = (report: Report, failOn: Severity): readonly TestCase[] => {
  const fails = ({ severity }: Problem): boolean => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(failOn);
  return [
    ...[...report.problems, ...report.symptoms].flatMap((problem) => ofProblem(problem, fails(problem))),
    ...report.observations.flatMap((problem) => ofProblem(problem, false)),
    ...report.clear.map(({ rule, saw, count }) => ({ suite: rule, name: count > 1 ? `${saw} (${count} times)` : saw })),
    ...report.unknown.flatMap(ofUnknown),
    ...(report.suppressed?.applied ?? []).map(({ problem, by }) => ({
      suite: problem.rule,
      name: problem.title,
      skipped: `set aside ${by.map(suppressionText).join('; ')}`,
    })),
    ...(report.suppressed?.expired ?? []).map(({ rule, owner, expires, at }) => ({
      suite: 'suppressions',
      name: `${at}: ${rule}`,
      skipped: `ended on ${expires} (${owner}) and holds no longer`,
    })),
  ];
};

const element = ({ suite, name, failure, skipped, out }: TestCase): string => {
  const open = `    <testcase classname="${escapeMarkup(suite)}" name="${escapeMarkup(name)}" time="0"`;
  const inside = [
    ...(failure === undefined
      ? []
      : [
          `      <failure type="${escapeMarkup(failure.type)}" message="${escapeMarkup(failure.message)}">${escapeMarkup(failure.text)}</failure>`,
        ]),
    ...(skipped === undefined ? [] : [`      <skipped message="${escapeMarkup(skipped)}"/>`]),
    ...(out === undefined ? [] : [`      <system-out>${escapeMarkup(out)}</system-out>`]),
  ];
  return inside.length === 0 ? `${open}/>` : [`${open}>`, ...inside, '    </testcase>'].join('\n');
};

const counts = (cases: readonly TestCase[]): string =>
  `tests="${cases.length}" failures="${cases.filter(({ failure }) => failure !== undefined).length}" errors="0" skipped="${cases.filter(({ skipped }) => skipped !== undefined).length}" time="0"`;

export const reportJunit = (report: Report, failOn: Severity): string => {
  const cases = casesOf(report, failOn);
  const suites = [...Map.groupBy(cases, ({ suite }) => suite)].toSorted(([a], [b]) => a.localeCompare(b));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="nicwright diagnose" ${counts(cases)}>`,
    ...suites.flatMap(([name, group]) => [
      `  <testsuite name="${escapeMarkup(name)}" ${counts(group)}>`,
      ...group.map(element),
      '  </testsuite>',
    ]),
    '</testsuites>',
  ].join('\n');
};
