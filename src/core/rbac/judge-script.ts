/**
 * A script and the account that runs it -> one judgement: what is missing, what would close it, what to look at when RBAC
 * is not the cause. The sentences for people are made here; needs, gap and grant come from their own rooms.
 */
import type { UserInfo } from '../ports/kube-api.ts';
import { showRequest } from './access-request.ts';
import { showCaller } from './caller.ts';
import { findGap } from './gap.ts';
import type { Gap, GapOptions } from './gap.ts';
import { leastGrant } from './least-grant.ts';
import type { Advice, LeastGrant } from './least-grant.ts';
import { lintRole } from './lint-rules.ts';
import { pathOf } from './policy.ts';
import type { PolicyIndex } from './policy-index.ts';
import { rolesOf } from './least-grant.ts';
import { riskOf } from './risks.ts';
import type { ScriptNeeds } from './script/analyze-script.ts';

export interface ScriptJudgement {
  readonly gap: Gap;
  readonly grant: LeastGrant;
  readonly findings: readonly Advice[];
  readonly verdict: string;
  /** Where to look next when no permission is missing. */
  readonly nextChecks: readonly string[];
}

const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** What is said of who the script speaks as. */
const identityFindings = (needs: ScriptNeeds, hasGap: boolean): readonly Advice[] => {
  const own = needs.identities.some((identity) => identity.own);
  const found: Advice[] = needs.tokenAsConfig.map((line): Advice => ({
    level: 'error',
    text: `line ${line}: ${TOKEN} is given as kubeconfig; a token is none, and every call fails with "error loading config file"`,
  }));
  if (!needs.takesKubeconfig || !own) return found;
  found.push({
    level: 'info',
    text: "no --kubeconfig is passed: kubectl then uses the pod's ServiceAccount by itself; this is no fault",
  });
  if (hasGap)
    found.push({
      level: 'error',
      text: `passing the token file ${TOKEN} as --kubeconfig is no way out: a token is no kubeconfig, and every call would fail`,
    });
  return found;
};

/** What the obvious repair, a rule more in the role that is there, would open. */
const wideningFindings = (gap: Gap, grant: LeastGrant): readonly Advice[] => {
  const secrets = [...gap.missing, ...gap.conditionalMissing].filter(
    ({ request }) =>
      'resource' in request &&
      request.resource === 'secrets' &&
      request.group === '' &&
      request.namespace !== undefined,
  );
  const role = grant.doNotTouch.find(({ kind }) => kind === 'ClusterRole');
  if (secrets.length === 0 || role === undefined) return [];
  const lists = secrets.some(({ request }) => request.verb === 'list' || request.verb === 'watch');
  return [
    {
      level: 'warn',
      text: `a rule for secrets in ${pathOf(role)} would open every Secret of the cluster to this account${lists ? '' : '; list is not used and would show all of them at once'}; ${role.owner ?? 'its owner'} would also put the role back`,
    },
  ];
};

const masked = (needs: ScriptNeeds): readonly number[] => [
  ...new Set(
    needs.needs.flatMap(({ places }) => places.filter(({ onDenied }) => onDenied === 'masked').map(({ line }) => line)),
  ),
];

const nextChecksOf = (needs: ScriptNeeds): readonly string[] => {
  const asksVersion = needs.needs.some(({ request }) => 'path' in request && request.path === '/version');
  const lines = masked(needs);
  return [
    asksVersion
      ? '`kubectl version` fails when the API server is not reached: check its address (KUBERNETES_SERVICE_HOST and _PORT; in DPF overrides.kubernetesAPIServerVIP and kubernetesAPIServerPort)'
      : 'the API server may not be reached from this pod: check KUBERNETES_SERVICE_HOST and the network of a hostNetwork pod',
    'a write may be refused by an admission webhook, or its CRD may be absent or of another release: the log line says which',
    'a program that the script calls may be missing in the image, or its download may need the internet',
    'what the script looks for on the host (devices, drivers, files) may not be there',
    'another init container of the pod may be the one that fails: read the statuses in order',
    ...(lines.length === 0
      ? []
      : [`a denial on line ${lines.join(', ')} would leave no trace in the log, so an empty log proves nothing`]),
  ];
};

const verdictOf = (caller: UserInfo, gap: Gap, needs: ScriptNeeds): string => {
  const [first] = gap.missing;
  if (first !== undefined)
    return `${showCaller(caller)} lacks ${gap.missing.length === 1 ? showRequest(first.request) : `${gap.missing.length} permissions`} that this script needs on the way it is started`;
  const open =
    needs.unresolved.length === 0 ? '' : `, as far as it could be read: ${needs.unresolved.length} place(s) could not`;
  if (gap.conditionalMissing.length > 0)
    return `nothing is missing on every way, but ${gap.conditionalMissing.length} permission(s) on some: see the condition of each${open}`;
  return `RBAC is not shown to be the cause${open}: read the log of the failing container before changing any permission`;
};

export const judgeScript = (
  index: PolicyIndex,
  caller: UserInfo,
  needs: ScriptNeeds,
  options: GapOptions = {},
): ScriptJudgement => {
  const gap = findGap(index, caller, needs.needs, options);
  const lacking = [...gap.missing, ...gap.conditionalMissing];
  const grant = leastGrant(index, caller, lacking);
  const roles = rolesOf(index, caller);
  return {
    gap,
    grant,
    findings: [
      ...identityFindings(needs, lacking.length > 0),
      ...wideningFindings(gap, grant),
      ...grant.advice,
      ...roles.flatMap(lintRole),
      ...roles.flatMap((role) =>
        role.rules.flatMap((rule) =>
          riskOf(rule, role.namespace).map((advice) => ({ ...advice, text: `${pathOf(role)}: ${advice.text}` })),
        ),
      ),
    ],
    verdict: verdictOf(caller, gap, needs),
    nextChecks: lacking.length === 0 ? nextChecksOf(needs) : [],
  };
};
