/**
 * A diagnosis as SARIF 2.1.0, for merge requests and code scanning: one result a problem, its evidence as locations. What
 * could not be told is a notification of the run, not a result: nobody should get an alert for it.
 */
import type { Severity } from '../../../core/diagnosis/finding.ts';
import type { CitedEvidence, Problem, Report } from '../../../core/diagnosis/report.ts';
import type { Rule } from '../../../core/diagnosis/rule.ts';
import { VERSION } from '../version.ts';
import { placeName, suppressionText } from './places.ts';

const LEVELS = { critical: 'error', error: 'error', warning: 'warning', info: 'note' } as const satisfies Record<
  Severity,
  string
>;

/** `cold-restart-pending` -> `ColdRestartPending`: what SARIF calls a rule's name. */
const pascal = (id: string): string =>
  id
    .split(/[^A-Za-z0-9]+/)
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join('');

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** A path as a URI reference; undefined for what is no file. */
export const artifactUri = (source: string): string | undefined => {
  if (source.startsWith('live:')) return undefined;
  const encoded = source
    .replace(/^(?:\.\/)+/, '')
    .split('/')
    .map((part) => encodeURIComponent(part).replaceAll('%3A', ':').replaceAll('!', '%21'))
    .join('/');
  // A colon in the first part of a relative path would read as a scheme.
  return source.startsWith('/') ? `file://${encoded}` : encoded.replace(/^([^/]*):/, '$1%3A');
};

const logical = (object: string): Readonly<Record<string, string>> => ({
  fullyQualifiedName: object,
  name: object.split('/').at(-1) ?? object,
  kind: 'resource',
});

const locationOf = ({ source, line, object, field, excerpt }: CitedEvidence) => {
  const uri = artifactUri(source);
  const name = object === undefined ? undefined : field === undefined ? object : `${object} .${field}`;
  return {
    ...(uri === undefined
      ? {}
      : {
          physicalLocation: {
            artifactLocation: { uri },
            ...(line === undefined ? {} : { region: { startLine: line, snippet: { text: excerpt } } }),
          },
        }),
    ...(object === undefined ? {} : { logicalLocations: [logical(object)] }),
    ...(name === undefined ? {} : { message: { text: name } }),
  };
};

const resultOf = (problem: Problem, index: ReadonlyMap<string, number>, suppressions?: readonly string[]) => {
  const { rule, severity, confidence, summary, evidence, consequences, nodes, scopes, count } = problem;
  const places = evidence.map(locationOf).filter((location) => Object.keys(location).length > 0);
  const related = consequences
    .flatMap(({ summary: text, evidence: [first] }) =>
      first === undefined ? [] : [{ ...locationOf(first), message: { text: sentence(text) } }],
    )
    .filter((location) => 'physicalLocation' in location)
    .map((location, id) => ({ id: id + 1, ...location }));
  return {
    ruleId: rule,
    ruleIndex: index.get(rule) ?? -1,
    level: LEVELS[severity],
    message: { text: sentence(summary) },
    locations:
      places.length > 0 ? places : [{ logicalLocations: scopes.slice(0, 1).map((one) => logical(placeName(one))) }],
    ...(related.length === 0 ? {} : { relatedLocations: related }),
    partialFingerprints: { 'problem/v1': problem.fingerprint },
    ...(suppressions === undefined
      ? {}
      : {
          suppressions: suppressions.map((justification) => ({ kind: 'external', status: 'accepted', justification })),
        }),
    properties: { severity, confidence, nodes, count },
  };
};

export const reportSarif = (report: Report, rules: readonly Rule[]): string => {
  const index = new Map(rules.map(({ id }, at) => [id, at]));
  const notifications = [
    ...report.unknown.map(({ what, why, settle }) => ({
      level: 'note',
      message: { text: sentence(`Could not be told: ${what}: ${why}; get it with: ${settle}`) },
    })),
    ...report.notLookedAt.map(({ what, because }) => ({
      level: 'warning',
      message: { text: sentence(`Not looked at: ${what}: ${because}`) },
    })),
    ...(report.suppressed?.expired ?? []).map(({ rule, owner, expires, at }) => ({
      level: 'warning',
      message: { text: `The suppression of ${rule} by ${owner} (${at}) ended on ${expires} and holds no longer.` },
    })),
  ];
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'nicwright',
            version: VERSION,
            rules: rules.map(({ id, title, explain, severity, role, sources }) => ({
              id,
              name: pascal(id),
              shortDescription: { text: sentence(title) },
              fullDescription: { text: sentence(explain) },
              help: { text: sentence(`${explain} nicwright explain ${id} tells more. Sources: ${sources.join('; ')}`) },
              defaultConfiguration: { level: LEVELS[severity] },
              properties: { tags: [role] },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [{ executionSuccessful: true, toolExecutionNotifications: notifications }],
        results: [
          ...[...report.problems, ...report.symptoms, ...report.observations].map((problem) =>
            resultOf(problem, index),
          ),
          ...(report.suppressed?.applied ?? []).map(({ problem, by }) =>
            resultOf(
              problem,
              index,
              by.map((one) => sentence(`Set aside ${suppressionText(one)}`)),
            ),
          ),
        ],
      },
    ],
  };
  return JSON.stringify(log, undefined, 2);
};
