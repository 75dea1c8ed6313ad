/**
 * A check as a list of findings: what reports for people and for pipelines are made of. Only a gap, or a call that must fail,
 * fails a pipeline; what is too wide or could not be read is said beside it.
 */
import type { AccessAttributes } from '../../ports/kube-api.ts';
import type { Origin } from '../../snapshot/snapshot.ts';
import { showRequest } from '../access-request.ts';
import type { JudgedNeed } from '../gap.ts';
import { lintRole } from '../lint-rules.ts';
import { pathOf } from '../policy.ts';
import type { Role } from '../policy.ts';
import { risksIn } from '../risks.ts';
import type { Place } from '../script/recorder.ts';
import { showRule } from '../show-rule.ts';
import type { CheckedAccount, CheckedContainer, ManifestCheck } from './check-manifests.ts';

/** What each finding is, for the list of rules that SARIF wants, and whether it fails the check. */
export const CHECK_RULES = {
  'rbac-missing': { title: 'A permission that the workload needs is missing', fails: true },
  'rbac-missing-on-some-ways': {
    title: 'A permission is missing on some ways through the script',
    fails: true,
  },
  'rbac-token-as-kubeconfig': { title: 'A token is given as a kubeconfig, so every call fails', fails: true },
  'rbac-no-token': { title: 'The workload calls the API and gets no token', fails: true },
  'rbac-unresolved': { title: 'What a call asks for could not be found out', fails: false },
  'rbac-script-not-started': { title: 'No container of the input starts this script', fails: false },
  'rbac-not-read': { title: 'A file of the input could not be read', fails: false },
  'rbac-wide-grant': { title: 'A rule opens more than it seems', fails: false },
  'rbac-unused-grant': { title: 'A permission that nothing of the account uses', fails: false },
  'rbac-rule-without-effect': { title: 'A rule that does not mean what it seems to', fails: false },
} as const;

export type CheckRule = keyof typeof CHECK_RULES;

export interface CheckFinding {
  readonly rule: CheckRule;
  readonly text: string;
  /** `DaemonSet/ns/name dms-init`, `ClusterRole/x`, a file. */
  readonly about: string;
  readonly origin: Origin | undefined;
  /** Further places of the same need. */
  readonly more: readonly Origin[];
  readonly when?: string;
  readonly request?: AccessAttributes;
  readonly wayOut?: string;
  /** Equal for the same finding in a later run, whatever its line. */
  readonly fingerprint: string;
}

export const containerName = ({ template, container: { name, init } }: CheckedContainer): string =>
  template.workload === name ? name : `${template.workload} ${init ? 'init container' : 'container'} ${name}`;

const DENIED: Readonly<Record<Place['onDenied'], string>> = {
  fatal: 'a denial ends the script',
  printed: 'a denial is printed and the script goes on',
  tested: 'the script looks at a denial itself',
  masked: 'a denial leaves no trace in the log',
  hangs: 'kubectl takes no denial for an answer here: it asks again and again, and the script stands still',
};

/** A line that calls as two identities stands once. */
const uniqueOrigins = (origins: readonly Origin[]): readonly Origin[] => [
  ...new Map(origins.map((origin) => [`${origin.source}:${origin.line ?? ''}`, origin])).values(),
];

/** Measured with kubectl 1.32 and 1.36: with list and without watch it lists again until the object is gone. */
const LISTS_AGAIN = 'kubectl then prints errors and sees by listing again, seconds late, that it can go on';

const objectOf = (request: AccessAttributes): string => JSON.stringify({ ...request, verb: '' });

const onDenied = ({ need, request }: JudgedNeed, { judgement: { gap } }: CheckedContainer): string | undefined => {
  const denied = need.places[0]?.onDenied;
  if (denied === undefined) return undefined;
  const mayList = ![...gap.missing, ...gap.conditionalMissing].some(
    (other) => other.request.verb === 'list' && objectOf(other.request) === objectOf(request),
  );
  return denied === 'hangs' && request.verb === 'watch' && mayList ? LISTS_AGAIN : DENIED[denied];
};

const missingFinding = (container: CheckedContainer, judged: JudgedNeed, account: CheckedAccount): CheckFinding => {
  const { need, request, verdict, when } = judged;
  const origins = uniqueOrigins(need.places.map(({ source, line }) => container.locate(source, line)));
  const [origin, ...more] = origins;
  const denied = onDenied(judged, container);
  const about = containerName(container);
  const rule = when === undefined ? 'rbac-missing' : 'rbac-missing-on-some-ways';
  const [role] = account.grant.grants;
  return {
    rule,
    text: `ServiceAccount ${account.namespace}/${account.name} may not ${showRequest(request)}${when === undefined ? '' : `, needed when ${when}`}: ${verdict.because}${denied === undefined ? '' : `; ${denied}`}`,
    about,
    origin: origin ?? container.origin,
    more,
    ...(when === undefined ? {} : { when }),
    request,
    ...(role === undefined
      ? {}
      : { wayOut: `${pathOf(role.role)} and ${pathOf(role.binding)} close it (nicwright rbac check -o grant)` }),
    fingerprint: `${rule} ${about} ${showRequest(request)}`,
  };
};

const containerFindings = (container: CheckedContainer, account: CheckedAccount): readonly CheckFinding[] => {
  const about = containerName(container);
  const { judgement, needs } = container;
  const name = container.container.name;
  return [
    ...[...judgement.gap.missing, ...judgement.gap.conditionalMissing].map((need) =>
      missingFinding(container, need, account),
    ),
    ...needs.tokenAsConfig.map((line): CheckFinding => ({
      rule: 'rbac-token-as-kubeconfig',
      text: 'the token of the ServiceAccount is given as kubeconfig: it is none, and every such call fails',
      about,
      origin: container.locate(needs.needs[0]?.places[0]?.source ?? name, line),
      more: [],
      wayOut: "leave --kubeconfig away: kubectl uses the pod's ServiceAccount by itself",
      fingerprint: `rbac-token-as-kubeconfig ${about}`,
    })),
    ...needs.unresolved.map(({ source, line, text, why }): CheckFinding => ({
      rule: 'rbac-unresolved',
      text: text === '' ? why : `${text}: ${why}`,
      about,
      origin: container.locate(source, line),
      more: [],
      fingerprint: `rbac-unresolved ${about} ${text} ${why}`,
    })),
  ];
};

const tokenFindings = (account: CheckedAccount): readonly CheckFinding[] =>
  account.containers
    .filter(
      ({ template, judgement: { gap } }) =>
        account.withoutToken.includes(template.workload) &&
        gap.missing.length + gap.satisfied.length + gap.conditionalMissing.length > 0,
    )
    .map((container): CheckFinding => ({
      rule: 'rbac-no-token',
      text: 'automountServiceAccountToken is false, so kubectl finds no account to speak as',
      about: containerName(container),
      origin: container.origin,
      more: [],
      wayOut: 'set automountServiceAccountToken: true in the pod, or give the container a kubeconfig',
      fingerprint: `rbac-no-token ${containerName(container)}`,
    }));

const roleFindings = (role: Role, check: ManifestCheck): readonly CheckFinding[] =>
  role.rules.flatMap((rule, index) =>
    risksIn(rule, role.namespace).map(({ part, advice: { text } }): CheckFinding => ({
      rule: 'rbac-wide-grant',
      text: `${showRule(part)}: ${text}`,
      about: pathOf(role),
      origin: check.ruleOrigin(role, index),
      more: [],
      fingerprint: `rbac-wide-grant ${pathOf(role)} ${text}`,
    })),
  );

const lintFindings = (role: Role, check: ManifestCheck): readonly CheckFinding[] =>
  lintRole(role).map(({ text }): CheckFinding => ({
    rule: 'rbac-rule-without-effect',
    text,
    about: pathOf(role),
    origin: check.ruleOrigin(role, Number(/^rule (\d+)/.exec(text)?.[1] ?? 1) - 1),
    more: [],
    fingerprint: `rbac-rule-without-effect ${text}`,
  }));

const unusedFindings = (account: CheckedAccount, check: ManifestCheck): readonly CheckFinding[] =>
  [...Map.groupBy(account.excess ?? [], ({ role }) => role)].map(([role, unused]): CheckFinding => ({
    rule: 'rbac-unused-grant',
    text: `nothing that runs as ServiceAccount ${account.namespace}/${account.name} uses ${unused.map(({ rule }) => showRule(rule)).join('; ')}`,
    about: pathOf(role),
    origin: check.ruleOrigin(role, 0),
    more: [],
    ...(role.owner === undefined ? {} : { wayOut: `${role.owner} keeps this role; ask there for less` }),
    fingerprint: `rbac-unused-grant ${account.namespace}/${account.name} ${pathOf(role)}`,
  }));

export const checkFindings = (check: ManifestCheck): readonly CheckFinding[] => {
  const roles = new Set(check.accounts.flatMap((account) => account.roles));
  return [
    ...check.accounts.flatMap((account) => [
      ...account.containers.flatMap((container) => containerFindings(container, account)),
      ...tokenFindings(account),
    ]),
    ...check.uncalled.map(({ name, origin }): CheckFinding => ({
      rule: 'rbac-script-not-started',
      text: 'it calls kubectl, and no container of the input starts it, so whose rights it needs is not known',
      about: name,
      origin,
      more: [],
      wayOut: 'give the pod that runs it (kubectl get pod NAME -o yaml), or the account with --as sa:NAMESPACE/NAME',
      fingerprint: `rbac-script-not-started ${name}`,
    })),
    ...check.gaps.map(({ what, because }): CheckFinding => ({
      rule: 'rbac-not-read',
      text: because,
      about: what,
      origin: { source: what },
      more: [],
      fingerprint: `rbac-not-read ${what}`,
    })),
    ...[...roles].flatMap((role) => [...lintFindings(role, check), ...roleFindings(role, check)]),
    ...check.accounts.flatMap((account) => unusedFindings(account, check)),
  ];
};
