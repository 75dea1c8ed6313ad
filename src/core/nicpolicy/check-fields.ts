/** Names, fields and values of a policy object: what the API server or the webhook refuses, and what is silently dropped. */
import { dig, digFlag, digText, isMap, type Path } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { RELEASES, policyFields } from '../release/chart-facts.ts';
import { compareVersions } from '../release/version.ts';
import { POLICY_NAME } from './components.ts';
import { driverVersionForms, isAcceptedDriverVersion } from './driver-version.ts';
import type { PolicyFinding } from './policy-finding.ts';
import { NODE_POLICY_NAME_LIMIT } from './policy-overlap.ts';

export const POLICY_CRDS: Readonly<Record<string, string>> = {
  NicClusterPolicy: 'nicclusterpolicies.mellanox.com',
  NicNodePolicy: 'nicnodepolicies.mellanox.com',
};

const checkName = ({ kind, metadata }: KubeObject): readonly PolicyFinding[] => {
  const findings: PolicyFinding[] = [];
  if (kind === 'NicClusterPolicy' && metadata.name !== POLICY_NAME)
    findings.push({
      severity: 'error',
      path: ['metadata', 'name'],
      because: `the operator ignores every NicClusterPolicy but ${POLICY_NAME}: its status would read ignore, and nothing is deployed`,
      wayOut: `name it ${POLICY_NAME}`,
    });
  if (kind === 'NicNodePolicy' && metadata.name.length > NODE_POLICY_NAME_LIMIT)
    findings.push({
      severity: 'error',
      path: ['metadata', 'name'],
      because: `a NicNodePolicy's name may have ${NODE_POLICY_NAME_LIMIT} characters (the webhook's message says 50), this one has ${metadata.name.length}`,
      wayOut: 'shorten it',
    });
  if (metadata.namespace !== undefined)
    findings.push({
      severity: 'note',
      path: ['metadata', 'namespace'],
      because: `${kind} is cluster-scoped, a namespace means nothing`,
    });
  return findings;
};

/** Subtrees of core types, of which the table does not hold the fields. */
const CORE_TYPES =
  /(^|\.)(nodeAffinity|tolerations|deploymentNodeAffinity|deploymentTolerations|env|containerResources|nodeSelector|labels|annotations)(\[\]|$)/;

const pathsOf = (value: unknown, at: string, here: Path): readonly { text: string; path: Path }[] => {
  if (CORE_TYPES.test(at)) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => pathsOf(item, `${at}[]`, [...here, index]));
  if (!isMap(value)) return [];
  return Object.entries(value)
    .map(([key, inner]) => ({ text: `${at}.${key}`, path: [...here, key], inner }))
    .flatMap(({ text, path, inner }) => [{ text, path }, ...pathsOf(inner, text, path)]);
};

/** Why a field is not one of a release, although it is one of another. */
const whyNot = (field: string, crd: string, release: string): string | undefined => {
  const had = RELEASES.filter((name) => policyFields(name, crd).has(field));
  const [oldest, newest] = [had[0], had.at(-1)];
  if (oldest === undefined || newest === undefined) return undefined;
  return compareVersions(newest, release) < 0
    ? `it is gone since ${RELEASES[RELEASES.indexOf(newest) + 1] ?? ''}`
    : `it comes with ${oldest}`;
};

const checkUnknown = (object: KubeObject, release: string): readonly PolicyFinding[] => {
  const crd = POLICY_CRDS[object.kind] ?? '';
  const fields = policyFields(release, crd);
  if (fields.size === 0)
    return [{ severity: 'error', path: ['kind'], because: `${release} has no ${object.kind}; it comes with 26.4` }];
  const unknown = pathsOf(dig(object, 'spec'), 'spec', ['spec']).filter(
    ({ text }) => !fields.has(text) && !CORE_TYPES.test(text),
  );
  return unknown
    .filter(({ text }) => !unknown.some((other) => other.text !== text && text.startsWith(`${other.text}.`)))
    .map(({ text, path }) => {
      const why = whyNot(text, crd, release);
      return {
        severity: 'warning',
        path,
        because: `${release} has no such field: the API server drops it without a word${why === undefined ? '' : ` (${why})`}`,
        wayOut: why === undefined ? 'correct its spelling or take it out' : 'take it out',
      };
    });
};

const typeProblem = (value: unknown, wanted: 'count' | 'flag' | 'text'): string | undefined => {
  if (value === undefined) return undefined;
  if (wanted === 'flag') return typeof value === 'boolean' ? undefined : 'must be true or false';
  if (wanted === 'text') return typeof value === 'string' ? undefined : 'must be text';
  if (typeof value === 'string' && value.includes('%'))
    return `must be a whole number; ${value} is a percentage, which no policy takes`;
  return Number.isSafeInteger(value) && (value as number) >= 0 ? undefined : 'must be a whole number, 0 or more';
};

// prettier-ignore
const TYPED: readonly (readonly [path: string, wanted: 'count' | 'flag' | 'text'])[] = [
  ['ofedDriver.upgradePolicy.autoUpgrade', 'flag'], ['ofedDriver.upgradePolicy.safeLoad', 'flag'], ['ofedDriver.upgradePolicy.maxParallelUpgrades', 'count'],
  ['ofedDriver.upgradePolicy.drain.enable', 'flag'], ['ofedDriver.upgradePolicy.drain.force', 'flag'], ['ofedDriver.upgradePolicy.drain.deleteEmptyDir', 'flag'],
  ['ofedDriver.upgradePolicy.drain.timeoutSeconds', 'count'], ['ofedDriver.upgradePolicy.drain.podSelector', 'text'],
  ['ofedDriver.upgradePolicy.waitForCompletion.timeoutSeconds', 'count'], ['ofedDriver.upgradePolicy.waitForCompletion.podSelector', 'text'],
  ['ofedDriver.terminationGracePeriodSeconds', 'count'], ['ofedDriver.forcePrecompiled', 'flag'], ['nvIpam.enableWebhook', 'flag'],
  ['ofedDriver.version', 'text'],
];

const checkTypes = (object: KubeObject): readonly PolicyFinding[] =>
  TYPED.flatMap(([field, wanted]) => {
    const path = ['spec', ...field.split('.')];
    const value = dig(object, ...path);
    const problem = typeProblem(value, wanted);
    return problem === undefined
      ? []
      : [
          {
            severity: 'error' as const,
            path,
            because: `${JSON.stringify(value)}: it ${problem}; the API server refuses the object`,
          },
        ];
  });

const checkDriverVersion = (object: KubeObject, release: string): readonly PolicyFinding[] => {
  const version = digText(object, 'spec', 'ofedDriver', 'version');
  if (version === undefined || isAcceptedDriverVersion(release, version)) return [];
  return [
    {
      severity: 'warning',
      path: ['spec', 'ofedDriver', 'version'],
      because: `${release} takes versions such as ${driverVersionForms(release)}; its webhook, where it is switched on, refuses ${version}`,
    },
  ];
};

const checkSafeLoad = (object: KubeObject): readonly PolicyFinding[] => {
  const path = ['spec', 'ofedDriver', 'upgradePolicy'];
  if (digFlag(object, ...path, 'safeLoad') !== true || digFlag(object, ...path, 'autoUpgrade') === true) return [];
  return [
    {
      severity: 'error',
      path: [...path, 'safeLoad'],
      because:
        'safe load is part of the automatic upgrade: without autoUpgrade it does nothing, and the webhook refuses it',
      wayOut: 'set autoUpgrade: true, or leave safeLoad out',
    },
  ];
};

const checkRequired = (object: KubeObject, release: string): readonly PolicyFinding[] => {
  const section = dig(object, 'spec', 'ibKubernetes');
  if (!isMap(section) || compareVersions(release, '24.10.0') < 0) return [];
  return ['pKeyGUIDPoolRangeStart', 'pKeyGUIDPoolRangeEnd', 'ufmSecret']
    .filter((field) => section[field] === undefined)
    .map((field) => ({
      severity: 'error' as const,
      path: ['spec', 'ibKubernetes'],
      because: `${field} is required from 24.10 on; the API server refuses the object`,
    }));
};

/** Everything that can be said of the object alone. `release`: in the chart table. */
export const checkFields = (object: KubeObject, release: string): readonly PolicyFinding[] => [
  ...checkName(object),
  ...checkTypes(object),
  ...checkUnknown(object, release),
  ...checkRequired(object, release),
  ...checkDriverVersion(object, release),
  ...checkSafeLoad(object),
];
