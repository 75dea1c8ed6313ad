/**
 * Why an init container may end, when no line says it: each cause with what proves and what disproves it (dpf.md 4, 5.2), and
 * what the input already rules out by the container's command line or by the roles.
 */
import { digList, digText } from '../../../model/dig.ts';
import { serviceAccount } from '../../../rbac/caller.ts';
import { isAllowed } from '../../../rbac/evaluate.ts';
import type { AccessAttributes } from '../../../ports/kube-api.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import type { Candidate } from '../../candidates.ts';
import type { Facts } from '../../facts.ts';
import type { InitFailure } from './init-failure.ts';
import { hasLogOf } from './pod-lines.ts';
import { policyIndex, policyWasRead } from './rbac-facts.ts';
import { lackOfLog } from './start-cause.ts';

type Hint = Pick<Candidate, 'cause' | 'provedBy' | 'disprovedBy'> & {
  readonly rule?: string;
  readonly against?: string;
};

export const argsOf = (pod: SnapshotObject, container: string): string =>
  digList(pod.object, 'spec', 'initContainers')
    .filter((one) => digText(one, 'name') === container)
    .flatMap((one) => [...digList(one, 'command'), ...digList(one, 'args')])
    .filter((word) => typeof word === 'string')
    .join(' ');

const PROVISIONING = 'provisioning.dpu.nvidia.com';

/**
 * What `dmsinit.sh --cmd register` asks of the API on a Kubernetes worker (dpf.md 4). The Secret of the server certificate is
 * read only where --external-certificate is none, which the operator never passes.
 */
export const registerNeeds = (namespace: string, node: string, args: string): readonly AccessAttributes[] => {
  const certificate = /--external-certificate[ =](\S+)/.exec(args)?.[1] ?? 'none';
  return [
    { verb: 'get', group: PROVISIONING, resource: 'dpudevices', namespace },
    { verb: 'create', group: PROVISIONING, resource: 'dpudevices', namespace },
    { verb: 'get', group: PROVISIONING, resource: 'dpunodes', namespace, name: node },
    { verb: 'create', group: PROVISIONING, resource: 'dpunodes', namespace },
    { verb: 'get', group: '', resource: 'nodes', name: node },
    ...(certificate === 'none'
      ? [
          { verb: 'get', group: 'cert-manager.io', resource: 'certificates', namespace },
          { verb: 'create', group: 'cert-manager.io', resource: 'certificates', namespace },
          { verb: 'get', group: '', resource: 'secrets', namespace, name: `${node}-server-secret` },
        ]
      : []),
  ];
};

export const readsSecret = (args: string): boolean =>
  (/--external-certificate[ =](\S+)/.exec(args)?.[1] ?? 'none') === 'none';

/** Needs of the way it is started that the roles of the input do not give; undefined where the roles were not read. */
export const missingNeeds = (
  facts: Facts,
  pod: SnapshotObject,
  args: string,
): readonly AccessAttributes[] | undefined => {
  if (!policyWasRead(facts)) return undefined;
  const { namespace = 'default' } = pod.object.metadata;
  const caller = serviceAccount(namespace, digText(pod.object, 'spec', 'serviceAccountName') ?? 'default');
  const node = /--kube-node-ref[ =](\S+)/.exec(args)?.[1] ?? digText(pod.object, 'spec', 'nodeName') ?? 'NODE';
  const inside = /--namespace[ =](\S+)/.exec(args)?.[1] ?? namespace;
  return registerNeeds(inside, node, args).filter((need) => !isAllowed(policyIndex(facts), caller, need));
};

const rightsAgainst = (facts: Facts, pod: SnapshotObject, args: string): string | undefined => {
  const missing = missingNeeds(facts, pod, args);
  if (missing?.length !== 0) return undefined;
  return `the roles in this input give its account all that it asks for the way it is started${readsSecret(args) ? '' : ' (--external-certificate is not none, so the Secret is never read)'}`;
};

const dmsInit = (facts: Facts, pod: SnapshotObject, args: string): readonly Hint[] => {
  const rights = rightsAgainst(facts, pod, args);
  return [
    {
      cause: 'its account lacks a permission',
      rule: 'access-denied',
      provedBy: 'a line "User ... cannot VERB resource ..." in its log',
      disprovedBy: 'its log ends without such a line, or the roles give all that it asks for',
      ...(rights === undefined ? {} : { against: rights }),
    },
    {
      cause: 'the API server is not reached from the host network',
      rule: 'api-server-not-reached',
      provedBy: '"Failed to check kubectl version" in its log',
      disprovedBy: 'its log goes on behind that check',
    },
    {
      cause: 'no card, or a card without a net device',
      rule: 'card-not-found',
      provedBy: '"No DPUs found" or "Network directory not found" in its log',
      disprovedBy: '"Total DPUs discovered" with a number above 0',
    },
    {
      cause: 'kubectl is not in the image and cannot be downloaded',
      rule: 'kubectl-not-available',
      provedBy: '"Failed to download kubectl" in its log',
      disprovedBy: '"kubectl already installed" in its log',
    },
    {
      cause: 'a DPUDevice or DPUNode was refused by a webhook or for its schema',
      rule: 'webhook-not-reached',
      provedBy: '"Failed to create DPUDevice" or "DPUNode" with the server’s words behind it',
      disprovedBy: 'the objects of this host are there',
    },
    {
      cause: 'the Secret of its certificate is absent or may not be read',
      rule: 'server-secret-not-ready',
      provedBy: '"Timed out waiting for secret" in its log, one minute a try',
      disprovedBy: 'it ends within seconds',
      ...(readsSecret(args)
        ? {}
        : { against: 'it is started with --external-certificate, so it never reads that Secret' }),
    },
    {
      cause: 'a token is given as kubeconfig',
      rule: 'token-as-kubeconfig',
      provedBy: '"error loading config file" in its log',
      disprovedBy: 'its command line names no kubeconfig',
      ...(args === '' || /--kubeconfig/.test(args)
        ? {}
        : { against: 'its command line names no kubeconfig; kubectl finds the account by itself' }),
    },
  ];
};

const ANY: readonly Hint[] = [
  {
    cause: 'its account lacks a permission',
    rule: 'access-denied',
    provedBy: 'a line "User ... cannot VERB resource ..." in its log',
    disprovedBy: 'its log ends without such a line',
  },
  {
    cause: 'what it waits for or looks for is not there (server, device, file)',
    provedBy: 'the last lines of its log',
    disprovedBy: 'a log that ends after the check',
  },
];

const RSHIM: readonly Hint[] = [
  {
    cause: 'rshim of the host holds the card',
    rule: 'rshim-held-by-host',
    provedBy: 'its termination message, or /dev/rshim* on the host',
    disprovedBy: 'no rshim device and no package rshim on the host',
  },
  ...ANY.slice(1),
];

const OTHER: Hint = {
  cause: 'something that its log does not name',
  provedBy: 'the state of the pod, its volumes and events',
  disprovedBy: 'a log that ends with the error itself',
};

export const initCandidates = (facts: Facts, pod: SnapshotObject, { container }: InitFailure): readonly Candidate[] => {
  const { what, settle } = lackOfLog(facts, pod, container);
  const hints =
    container === 'dms-init'
      ? dmsInit(facts, pod, argsOf(pod, container))
      : container === 'rshim-preflight'
        ? RSHIM
        : ANY;
  if (!hasLogOf(facts, pod, container)) return hints.map((hint) => ({ ...hint, fact: what, settle }));
  // The log is there and no rule found its line in it: what only a line proves is out.
  const { name, namespace = 'NAMESPACE' } = pod.object.metadata;
  const describe = {
    fact: `the state and the events of ${name}`,
    settle: `${facts.cli} describe pod -n ${namespace} ${name}`,
  };
  return [
    ...hints.map((hint) => ({
      ...hint,
      ...describe,
      ...(/ log|"/.test(hint.provedBy) ? { against: hint.against ?? 'its log was read and holds no such line' } : {}),
    })),
    { ...OTHER, ...describe },
  ];
};
