/** `rbac check` as SARIF 2.1.0: one result a finding, at the line of the call or the rule. */
import type { Origin } from '../../../core/snapshot/snapshot.ts';
import { CHECK_RULES } from '../../../core/rbac/workload/check-findings.ts';
import type { CheckFinding, CheckRule } from '../../../core/rbac/workload/check-findings.ts';
import { artifactUri } from '../diagnosis/sarif.ts';
import { VERSION } from '../version.ts';

const levelOf = (rule: CheckRule): string =>
  rule === 'rbac-missing-on-some-ways' ? 'warning' : CHECK_RULES[rule].fails ? 'error' : 'note';

const locationOf = ({ source, line }: Origin) => {
  const uri = artifactUri(source);
  return uri === undefined
    ? undefined
    : {
        physicalLocation: { artifactLocation: { uri }, ...(line === undefined ? {} : { region: { startLine: line } }) },
      };
};

const resultOf = (finding: CheckFinding, index: number, known: ReadonlySet<string>, withBaseline: boolean) => {
  const { rule, about, text, wayOut, origin, more, fingerprint } = finding;
  const place = origin === undefined ? undefined : locationOf(origin);
  const related = more.map(locationOf).filter((one) => one !== undefined);
  return {
    ruleId: rule,
    ruleIndex: index,
    level: levelOf(rule),
    message: { text: `${about}: ${text}.${wayOut === undefined ? '' : ` ${wayOut}.`}` },
    locations: [{ ...place, logicalLocations: [{ fullyQualifiedName: about, kind: 'resource' }] }],
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((one, id) => ({ id: id + 1, ...one, message: { text: 'needed here, too' } })),
        }),
    partialFingerprints: { 'rbac/v1': fingerprint },
    ...(withBaseline ? { baselineState: known.has(fingerprint) ? 'unchanged' : 'new' } : {}),
  };
};

export const checkSarif = (
  findings: readonly CheckFinding[],
  known: ReadonlySet<string>,
  withBaseline: boolean,
): string => {
  const rules = Object.entries(CHECK_RULES);
  const at = new Map(rules.map(([id], index) => [id, index]));
  return JSON.stringify(
    {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'nicwright',
              version: VERSION,
              rules: rules.map(([id, { title }]) => ({
                id,
                name: id.replaceAll(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase()),
                shortDescription: { text: `${title}.` },
                fullDescription: { text: `${title}.` },
                help: { text: `${title}. nicwright rbac check -v shows what was looked at.` },
                defaultConfiguration: { level: levelOf(id as CheckRule) },
              })),
            },
          },
          columnKind: 'utf16CodeUnits',
          invocations: [{ executionSuccessful: true }],
          results: findings.map((finding) => resultOf(finding, at.get(finding.rule) ?? -1, known, withBaseline)),
        },
      ],
    },
    undefined,
    2,
  );
};
