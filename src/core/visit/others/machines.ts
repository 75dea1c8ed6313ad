/**
 * Machines that stand behind nodes: the Machine API of OpenShift and Cluster API, with their MachineHealthChecks. A Machine of
 * Cluster API can be spared one by one; a MachineHealthCheck of OpenShift is paused as a whole, which is not for one visit to do.
 */
import { dig, digList, digText } from '../../model/dig.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import type { Mark } from '../visit-act.ts';
import type { OtherAtWork } from './other.ts';
import {
  annotationsOf,
  inNamespace,
  mayMean,
  named,
  objectsIn,
  wait,
  type Family,
  type Surroundings,
} from './surroundings.ts';

/** On a Machine, a MachineHealthCheck or a Cluster; its presence counts. */
export const PAUSED = 'cluster.x-k8s.io/paused';

const isPaused = (object: KubeObject): boolean => annotationsOf(object)[PAUSED] !== undefined;

/** Where a check is told never to act, it needs no pause. */
const neverActs = (check: KubeObject): boolean => {
  const most = dig(check, 'spec', 'maxUnhealthy');
  return most === 0 || most === '0' || most === '0%';
};

const isNameOf = (machine: KubeObject, namespace: string | undefined, name: string | undefined): boolean =>
  machine.metadata.name === name && machine.metadata.namespace === namespace;

const deletion = (who: string, machine: KubeObject): readonly OtherAtWork[] =>
  machine.metadata.deletionTimestamp === undefined
    ? []
    : [wait(who, `${named(machine)} of this node is being deleted`, 'take the node out of the rollout')];

const OPENSHIFT_MACHINES = 'Machine.machine.openshift.io';
const OPENSHIFT_MACHINE = 'machine.openshift.io/machine';
const EXTERNAL = 'host.metal3.io/external-remediation';

const openshiftMachine = (around: Surroundings): KubeObject | undefined => {
  const [namespace, name] = (annotationsOf(around.node)[OPENSHIFT_MACHINE] ?? '').split('/');
  return objectsIn(around, OPENSHIFT_MACHINES).find((machine) => isNameOf(machine, namespace, name));
};

export const openshiftChecks = (around: Surroundings, machine: KubeObject): readonly KubeObject[] =>
  objectsIn(around, 'MachineHealthCheck.machine.openshift.io')
    .filter(({ metadata }) => metadata.namespace === machine.metadata.namespace)
    .filter((check) => mayMean(dig(check, 'spec', 'selector'), machine))
    .filter((check) => !isPaused(check) && !neverActs(check));

/** The checks that would act on this node while it is out; a plan pauses them before it begins. */
export const checksToPause = (around: Surroundings): readonly KubeObject[] => {
  const machine = openshiftMachine(around);
  return machine === undefined ? [] : openshiftChecks(around, machine);
};

const isExternallyRemediated = (around: Surroundings, machine: KubeObject): boolean =>
  annotationsOf(machine)[EXTERNAL] !== undefined ||
  objectsIn(around, 'Metal3Remediation.infrastructure.cluster.x-k8s.io').some(({ metadata: { namespace, name } }) =>
    isNameOf(machine, namespace, name),
  );

export const machineApi: Family = {
  atWork: (around) => {
    const told = annotationsOf(around.node)[OPENSHIFT_MACHINE];
    if (told === undefined) return [];
    const machine = openshiftMachine(around);
    // What an input does not hold is a gap of the plan; the gate asks the cluster.
    if (!around.kinds.has(OPENSHIFT_MACHINES)) return [];
    if (machine === undefined)
      return [
        wait(
          'Machine API',
          `the node's annotation ${OPENSHIFT_MACHINE} names ${told}, and there is no such Machine`,
          'find out why its Machine is gone before the node is restarted',
        ),
      ];
    return [
      ...deletion('Machine API', machine),
      ...(isExternallyRemediated(around, machine)
        ? [wait('MachineHealthCheck', `${named(machine)} is being remediated`, 'let the remediation finish')]
        : []),
      ...openshiftChecks(around, machine).map((check) =>
        wait(
          'MachineHealthCheck',
          `${named(check)} means the Machine of this node and is not paused: it would remediate the node while it is out`,
          `kubectl annotate machinehealthchecks.machine.openshift.io${inNamespace(check)} ${check.metadata.name} ${PAUSED}=nicwright, and take that off afterwards`,
        ),
      ),
    ];
  },
};

const CAPI_MACHINES = 'Machine.cluster.x-k8s.io';
const CAPI_MACHINE = 'cluster.x-k8s.io/machine';
const CAPI_NAMESPACE = 'cluster.x-k8s.io/cluster-namespace';
const SKIP = 'cluster.x-k8s.io/skip-remediation';
/** A person says here that the Machine in the management cluster is spared; its value is the Machine's name. */
export const SPARED = 'nicwright.dev/machine-spared';

const MACHINES = { group: 'cluster.x-k8s.io', plural: 'machines', kind: 'Machine', namespaced: true } as const;
const MARK_ID = 'machine ';

/** The id says which Machine, so that a journal alone is enough to put back what stood there. */
const skipMark = (namespace: string, name: string): Mark => ({
  id: `${MARK_ID}${namespace}/${name}`,
  kind: 'annotation',
  key: SKIP,
  value: '',
  on: { ...MACHINES, namespace, name },
});

export const machineMark = (id: string): Mark | undefined => {
  if (!id.startsWith(MARK_ID)) return undefined;
  const [namespace, name] = id.slice(MARK_ID.length).split('/');
  return namespace === undefined || name === undefined ? undefined : skipMark(namespace, name);
};

const capiNames = ({ node }: Surroundings) => {
  const { [CAPI_MACHINE]: name, [CAPI_NAMESPACE]: namespace } = annotationsOf(node);
  return { name, namespace };
};

const capiMachine = (around: Surroundings): KubeObject | undefined => {
  const { name, namespace } = capiNames(around);
  return objectsIn(around, CAPI_MACHINES).find((machine) => isNameOf(machine, namespace, name));
};

/** Conditions and annotations by which a remediation is told before anything is deleted. */
const remediationOf = (machine: KubeObject): string | undefined => {
  if (annotationsOf(machine)['cluster.x-k8s.io/remediate-machine'] !== undefined)
    return 'has the annotation cluster.x-k8s.io/remediate-machine';
  const conditions = [
    ...digList(machine, 'status', 'conditions'),
    ...digList(machine, 'status', 'v1beta2', 'conditions'),
  ];
  const owner = conditions.find(
    (one) => digText(one, 'type') === 'OwnerRemediated' && digText(one, 'status') === 'False',
  );
  return owner === undefined ? undefined : 'has condition OwnerRemediated=False';
};

const elsewhere = (around: Surroundings, name: string, namespace: string | undefined): readonly OtherAtWork[] =>
  annotationsOf(around.node)[SPARED] === name
    ? []
    : [
        wait(
          'Cluster API',
          `the node's annotation ${CAPI_MACHINE} names Machine ${namespace === undefined ? '' : `${namespace}/`}${name}, which is in another cluster: whether a MachineHealthCheck there would replace the node cannot be seen from here`,
          `in the management cluster: kubectl annotate machines.cluster.x-k8s.io${namespace === undefined ? '' : ` -n ${namespace}`} ${name} ${SKIP}= ; then here: kubectl annotate node ${around.node.metadata.name} ${SPARED}=${name}`,
        ),
      ];

export const clusterApi: Family = {
  atWork: (around) => {
    const { name, namespace } = capiNames(around);
    if (name === undefined || !around.kinds.has(CAPI_MACHINES)) return [];
    const machine = capiMachine(around);
    if (machine === undefined) return elsewhere(around, name, namespace);
    const remediation = remediationOf(machine);
    return [
      ...deletion('Cluster API', machine),
      ...(remediation === undefined
        ? []
        : [wait('MachineHealthCheck', `${named(machine)} ${remediation}`, 'let the remediation finish')]),
    ];
  },
  toQuiet: (around) => {
    const machine = capiMachine(around);
    const checks = objectsIn(around, 'MachineHealthCheck.cluster.x-k8s.io');
    if (machine?.metadata.namespace === undefined || isPaused(machine)) return [];
    const { namespace, name } = machine.metadata;
    const isMeant = checks.some(
      (check) => check.metadata.namespace === namespace && mayMean(dig(check, 'spec', 'selector'), machine),
    );
    const stands = annotationsOf(machine)[SKIP] ?? null;
    // Its presence counts, whatever its value: what stands there stays.
    return isMeant
      ? [{ who: 'MachineHealthCheck', mark: { ...skipMark(namespace, name), value: stands ?? '' }, stands }]
      : [];
  },
};
