/** Small objects of DPF for the cases of rules: a DMS pod, a DPU, a BFB, an event. */
import type { KubeObject } from '../../model/kube-object.ts';
import { anObject } from './world-operator.ts';

export const dpfNamespace = 'dpf-ns';

const PROVISIONING = 'provisioning.dpu.nvidia.com/v1alpha1';

export const aDpu = (
  name: string,
  sketch: {
    readonly node?: string;
    readonly phase?: string;
    readonly bfb?: string;
    readonly flavor?: string;
    readonly conditions?: readonly object[];
    readonly annotations?: Readonly<Record<string, string>>;
  } = {},
): KubeObject =>
  anObject(PROVISIONING, 'DPU', name, {
    metadata: { name, namespace: dpfNamespace, annotations: sketch.annotations ?? {} },
    spec: { nodeName: sketch.node ?? 'a', bfb: sketch.bfb ?? 'bf-bundle', dpuFlavor: sketch.flavor ?? 'flavor' },
    status: { phase: sketch.phase ?? 'Ready', conditions: sketch.conditions ?? [] },
  });

export const aBfb = (name: string, phase: string, more: Readonly<Record<string, unknown>> = {}): KubeObject =>
  anObject(PROVISIONING, 'BFB', name, {
    metadata: { name, namespace: dpfNamespace },
    spec: { url: 'http://files.example.net/bf-bundle.bfb' },
    status: { phase, ...more },
  });

export const aDpfConfig = (more: Readonly<Record<string, unknown>> = {}): KubeObject =>
  anObject('operator.dpu.nvidia.com/v1alpha1', 'DPFOperatorConfig', 'dpfoperatorconfig', {
    metadata: { name: 'dpfoperatorconfig', namespace: dpfNamespace },
    ...more,
  });

interface InitSketch {
  readonly name: string;
  readonly waiting?: string;
  readonly exitCode?: number;
  readonly restarts?: number;
  readonly message?: string;
}

const initStatus = ({ name, waiting, exitCode, restarts = 0, message }: InitSketch): object => {
  const ended = {
    exitCode: exitCode ?? 0,
    reason: (exitCode ?? 0) === 0 ? 'Completed' : 'Error',
    ...(message === undefined ? {} : { message }),
  };
  return waiting === undefined
    ? { name, restartCount: restarts, ready: (exitCode ?? 0) === 0, state: { terminated: ended } }
    : {
        name,
        restartCount: restarts,
        ready: false,
        state: { waiting: { reason: waiting } },
        lastState: { terminated: ended },
      };
};

/** A DMS pod of release 25.4, ready unless one of its init containers is given a fault. */
export const aDmsPod = (
  name: string,
  sketch: {
    readonly node?: string;
    readonly init?: readonly InitSketch[];
    readonly args?: readonly string[];
    readonly account?: string;
    readonly namespace?: string;
    readonly spec?: Readonly<Record<string, unknown>>;
  } = {},
): KubeObject => {
  const init = sketch.init ?? [{ name: 'rshim-preflight' }, { name: 'dms-init' }];
  const fails = init.some(({ waiting, exitCode }) => waiting !== undefined || (exitCode ?? 0) !== 0);
  return anObject('v1', 'Pod', name, {
    metadata: {
      name,
      namespace: sketch.namespace ?? dpfNamespace,
      labels: { 'provisioning.dpu.nvidia.com/component': 'dms' },
    },
    spec: {
      nodeName: sketch.node ?? 'a',
      serviceAccountName: sketch.account ?? 'dpf-provisioning-dms-service-account',
      initContainers: init.map(({ name: container }) => ({
        name: container,
        image: 'ghcr.io/nvidia/dms:v25.4.0',
        ...(container === 'dms-init'
          ? { args: sketch.args ?? ['/opt/dpf/dmsinit.sh --cmd register --external-certificate TODO'] }
          : {}),
      })),
      containers: [{ name: 'dms', image: 'ghcr.io/nvidia/dms:v25.4.0' }],
      ...sketch.spec,
    },
    status: {
      phase: fails ? 'Pending' : 'Running',
      conditions: [{ type: 'Ready', status: fails ? 'False' : 'True' }],
      initContainerStatuses: init.map(initStatus),
      containerStatuses: [
        {
          name: 'dms',
          ready: !fails,
          restartCount: 0,
          state: fails ? { waiting: { reason: 'PodInitializing' } } : { running: {} },
        },
      ],
    },
  });
};

/** A DMS pod whose `dms-init` (or another init container) fails again and again. */
export const aCrashingDmsPod = (name: string, container = 'dms-init', message?: string): KubeObject =>
  aDmsPod(name, {
    init: [
      ...(container === 'rshim-preflight' ? [] : [{ name: 'rshim-preflight' }]),
      {
        name: container,
        waiting: 'CrashLoopBackOff',
        exitCode: 1,
        restarts: 7,
        ...(message === undefined ? {} : { message }),
      },
      ...(container === 'rshim-preflight' ? [{ name: 'dms-init', waiting: 'PodInitializing' }] : []),
    ],
  });

export const anEvent = (about: KubeObject, reason: string, message: string): KubeObject =>
  anObject('v1', 'Event', `${about.metadata.name}.1`, {
    metadata: { name: `${about.metadata.name}.1`, namespace: about.metadata.namespace ?? dpfNamespace },
    involvedObject: { kind: about.kind, name: about.metadata.name, namespace: about.metadata.namespace },
    type: 'Warning',
    reason,
    message,
  });

export const aReplicaSet = (
  name: string,
  sketch: {
    readonly account?: string;
    readonly image?: string;
    readonly ready?: number;
    readonly failure?: string;
    readonly namespace?: string;
    readonly pod?: Readonly<Record<string, unknown>>;
  } = {},
): KubeObject =>
  anObject('apps/v1', 'ReplicaSet', name, {
    metadata: { name, namespace: sketch.namespace ?? dpfNamespace },
    spec: {
      replicas: 1,
      template: {
        spec: {
          serviceAccountName: sketch.account ?? name.replace(/-[^-]+$/, ''),
          containers: [
            {
              name: 'manager',
              image: sketch.image ?? 'ghcr.io/nvidia/dpf-system:v26.4.0',
              securityContext: { runAsUser: 65532 },
            },
          ],
          ...sketch.pod,
        },
      },
    },
    status: {
      replicas: sketch.ready ?? 0,
      readyReplicas: sketch.ready ?? 0,
      conditions:
        sketch.failure === undefined
          ? []
          : [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: sketch.failure }],
    },
  });
