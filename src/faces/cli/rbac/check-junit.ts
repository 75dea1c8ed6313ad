/** `rbac check` as JUnit XML: a suite a workload's account, a case a permission. What could not be read is skipped. */
import { showRequest } from '../../../core/rbac/access-request.ts';
import { CHECK_RULES, containerName } from '../../../core/rbac/workload/check-findings.ts';
import type { CheckFinding } from '../../../core/rbac/workload/check-findings.ts';
import { escapeMarkup } from '../diagnosis/escape-markup.ts';
import { showPlace } from './check-text.ts';
import type { CheckView } from './check-text.ts';

interface TestCase {
  readonly suite: string;
  readonly name: string;
  readonly failure?: string;
  readonly type?: string;
  readonly skipped?: string;
}

const ofFinding = (finding: CheckFinding, known: ReadonlySet<string>): TestCase => {
  const { rule, about, text, origin, wayOut, request, fingerprint } = finding;
  const name = request === undefined ? `${CHECK_RULES[rule].title}: ${text}` : showRequest(request);
  const words = `${showPlace(origin)}: ${text}${wayOut === undefined ? '' : `; ${wayOut}`}`;
  const isKnown = known.has(fingerprint);
  return CHECK_RULES[rule].fails && !isKnown
    ? { suite: about, name, failure: words, type: rule }
    : { suite: about, name, skipped: isKnown ? `known before: ${words}` : words };
};

const casesOf = ({ check, findings, known }: CheckView): readonly TestCase[] => [
  ...findings.map((finding) => ofFinding(finding, known)),
  ...check.accounts.flatMap(({ containers }) =>
    containers.flatMap((container) =>
      container.judgement.gap.satisfied.map(({ request }) => ({
        suite: containerName(container),
        name: showRequest(request),
      })),
    ),
  ),
];

const element = ({ suite, name, failure, type, skipped }: TestCase): string => {
  const open = `    <testcase classname="${escapeMarkup(suite)}" name="${escapeMarkup(name)}" time="0"`;
  if (failure !== undefined)
    return `${open}>\n      <failure type="${escapeMarkup(type ?? '')}" message="${escapeMarkup(failure)}"/>\n    </testcase>`;
  return skipped === undefined
    ? `${open}/>`
    : `${open}>\n      <skipped message="${escapeMarkup(skipped)}"/>\n    </testcase>`;
};

const counts = (cases: readonly TestCase[]): string =>
  `tests="${cases.length}" failures="${cases.filter(({ failure }) => failure !== undefined).length}" errors="0" skipped="${cases.filter(({ skipped }) => skipped !== undefined).length}" time="0"`;

export const checkJunit = (view: CheckView): string => {
  const cases = casesOf(view);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="nicwright rbac check" ${counts(cases)}>`,
    ...[...Map.groupBy(cases, ({ suite }) => suite)].flatMap(([name, group]) => [
      `  <testsuite name="${escapeMarkup(name)}" ${counts(group)}>`,
      ...group.map(element),
      '  </testsuite>',
    ]),
    '</testsuites>',
  ].join('\n');
};
