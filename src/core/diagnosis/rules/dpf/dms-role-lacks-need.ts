/**
 * The roles of an input do not give dms-init what its script asks for the way it is started, and its log is not there to say
 * otherwise: rung c of the ladder of dpf.md 5.2. A need that is never reached is no cause, and is not claimed.
 */
import { digText } from '../../../model/dig.ts';
import { showRequest } from '../../../rbac/access-request.ts';
import { serviceAccount } from '../../../rbac/caller.ts';
import { grantRules } from '../../../rbac/grant-rules.ts';
import { rolesOf } from '../../../rbac/least-grant.ts';
import { pathOf } from '../../../rbac/policy.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { anObject } from '../world-operator.ts';
import { aCrashingDmsPod, aDmsPod, aDpfConfig, dpfNamespace } from '../world-dpf.ts';
import { createRole } from './grant-steps.ts';
import { dmsPods } from './dpf-estate.ts';
import { argsOf, missingNeeds } from './init-candidates.ts';
import { initFailure } from './init-failure.ts';
import { hasLogOf, isReady, podLines, scopeOfPod } from './pod-lines.ts';
import { policyIndex } from './rbac-facts.ts';
import { lackOfLog } from './start-cause.ts';

const RULE = 'dms-role-lacks-need';

const roleEvidence = (facts: Facts, pod: SnapshotObject): readonly Evidence[] => {
  const { namespace = 'default' } = pod.object.metadata;
  const account = digText(pod.object, 'spec', 'serviceAccountName') ?? 'default';
  return rolesOf(policyIndex(facts), serviceAccount(namespace, account))
    .slice(0, 2)
    .flatMap((role) => {
      const entry = facts.object(role.kind, role.name, role.namespace);
      return entry === undefined ? [] : [fieldEvidence(entry, ['rules'], `rules of ${pathOf(role)}`)];
    });
};

/** A log that ends in another way speaks for itself; one that hides denials leaves it open. */
const logLeavesOpen = (facts: Facts, pod: SnapshotObject): boolean =>
  !hasLogOf(facts, pod, 'dms-init') || podLines(facts, `${RULE}/masked`).some((line) => line.pod === pod);

const judge = (facts: Facts, pod: SnapshotObject): readonly Statement[] => {
  const failure = initFailure(pod);
  const scope = scopeOfPod(pod);
  if (failure === undefined)
    return isReady(pod) ? [{ says: 'clear', scope, saw: 'dms-init of the hosts got through' }] : [];
  if (failure.container !== 'dms-init' || !logLeavesOpen(facts, pod)) return [];
  const args = argsOf(pod, 'dms-init');
  const missing = missingNeeds(facts, pod, args);
  if (missing === undefined)
    return [
      {
        says: 'unknown',
        scope,
        lack: {
          what: 'all roles and bindings of the cluster',
          why: 'they say whether dms-init may do what its script asks for',
          settle: `${facts.cli} get clusterroles,clusterrolebindings,roles,rolebindings -A -o yaml`,
        },
      },
    ];
  if (missing.length === 0) return [];
  const account = digText(pod.object, 'spec', 'serviceAccountName') ?? 'default';
  return [
    {
      says: 'finding',
      scope,
      because: `${pod.object.metadata.name}: account ${account} lacks ${missing.map(showRequest).join(', ')}, which dms-init asks for the way it is started, and dms-init fails`,
      confidence: 'likely',
      sameAs: account,
      evidence: [
        ...failure.evidence,
        ...(args === '' ? [] : [fieldEvidence(pod, ['spec', 'initContainers'], args.slice(0, 300))]),
        ...roleEvidence(facts, pod),
      ],
      lacks: [lackOfLog(facts, pod, 'dms-init')],
    },
  ];
};

const RBAC = 'rbac.authorization.k8s.io';
const ACCOUNT = 'dpf-provisioning-dms-service-account';
const rule = (apiGroups: readonly string[], resources: readonly string[], verbs: readonly string[]) => ({
  apiGroups,
  resources,
  verbs,
});
const OWN = ['provisioning.dpu.nvidia.com'];
const SHIPPED = [rule(OWN, ['dpunodes'], ['create', 'get']), rule(OWN, ['dpudevices'], ['create', 'get']), rule(['cert-manager.io'], ['certificates'], ['create', 'get']), rule([''], ['nodes'], ['get', 'list'])]; // prettier-ignore
const policy = (rules: readonly object[]) => [
  anObject(`${RBAC}/v1`, 'ClusterRole', 'dpf-provisioning-dms-role', { metadata: { name: 'dpf-provisioning-dms-role' }, rules }, ''),
  anObject(`${RBAC}/v1`, 'ClusterRoleBinding', 'dms-rb', { metadata: { name: 'dms-rb' }, roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'dpf-provisioning-dms-role' }, subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace: dpfNamespace }] }, ''),
]; // prettier-ignore
const LISTED = ['ClusterRole', 'ClusterRoleBinding', 'RoleBinding'].map((kind) => `${kind}.${RBAC}`);
const failing = aCrashingDmsPod('a-dms');

export const dmsRoleLacksNeed = defineRule({
  id: RULE,
  title: 'The role of dms-init lacks what its script needs',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { masked: /Timed out waiting for secret|Failed to get UID for node|Failed to (?:create|update PCI address for) DPU(?:Device|Node)\b/ },
  explain:
    'What a script needs depends on how it is started: `--cmd register` asks for DPUDevices, DPUNodes and the Node; the Secret of the server certificate is read only where --external-certificate is none, and the operator passes another word. ' +
    'A need that is reached and that no role gives makes the role a likely cause where the log is missing or hides denials (the script polls Secrets with its errors dropped). With the log the log decides.',
  sources: ['reference dpf.md 3.1, 4, 5.2', 'internal/dmsinit/dmsinit.sh'],
  affects: 'DPF 25.4 to 25.7; a role of another release than the image',
  check: (facts) => dmsPods(facts).flatMap((pod) => judge(facts, pod)),
  remedy: (findings, facts) => {
    const [first] = findings;
    const pod = dmsPods(facts).find((one) => first !== undefined && scopeOfPod(one).node === first.scope.node);
    if (pod === undefined) return [];
    const { namespace = 'default' } = pod.object.metadata;
    const name = digText(pod.object, 'spec', 'serviceAccountName') ?? 'default';
    const missing = missingNeeds(facts, pod, argsOf(pod, 'dms-init')) ?? [];
    const inside = missing.filter((need) => 'namespace' in need && need.namespace !== undefined);
    return [
      { text: 'Read the log of dms-init first: it names the request that was denied, if one was.', command: `${facts.cli} logs -n ${namespace} ${pod.object.metadata.name} -c dms-init --previous` },
      {
        text: 'Then give exactly that by an own Role, or take role and image of one release.',
        command: createRole(facts.cli, namespace, { namespace, name }, grantRules(inside.length > 0 ? inside : missing)),
        risk: 'names of Secrets differ by host: keep the list of names in step with the hosts',
      },
    ];
  },
  cases: [
    { name: 'a role with nodes only, as the founding document quotes it (001)', kind: 'broken', objects: [failing, aDpfConfig(), ...policy([rule([''], ['nodes'], ['get', 'list'])])], listed: LISTED, says: 'create dpunodes' },
    { name: 'the script waits for the Secret and may not read it', kind: 'broken', objects: [aDmsPod('a-dms', { args: ['dmsinit.sh --cmd register --external-certificate none'], init: [{ name: 'dms-init', waiting: 'CrashLoopBackOff', exitCode: 1 }] }), aDpfConfig(), ...policy(SHIPPED)], listed: LISTED, texts: { 'a-dms.dms-init.log': '[dmsinit] Error (create_certificate:190): Timed out waiting for secret a-server-secret to be fully populated.\n' }, says: 'get secrets "a-server-secret"' },
    { name: 'it got through', kind: 'healthy', objects: [aDmsPod('a-dms'), aDpfConfig(), ...policy(SHIPPED)], listed: LISTED },
    { name: 'roles were not read', kind: 'lacking', objects: [failing, aDpfConfig()], says: 'roles and bindings' },
    { name: 'one role that somebody picked', kind: 'look-alike', objects: [failing, aDpfConfig(), ...policy([rule([''], ['nodes'], ['get'])])] },
    { name: 'the shipped role: the Secret is never read (001)', kind: 'look-alike', objects: [failing, aDpfConfig(), ...policy(SHIPPED)], listed: LISTED },
    { name: 'a log that says something else', kind: 'look-alike', objects: [failing, aDpfConfig(), ...policy([])], listed: LISTED, texts: { 'a-dms.dms-init.log': '[dmsinit] No DPUs found on this system\n' } },
  ],
}); // prettier-ignore
