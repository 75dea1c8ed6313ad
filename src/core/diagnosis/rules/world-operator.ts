/** Small objects of the operators for the cases of rules: DaemonSets, their configuration, a NicClusterPolicy, a driver pod. */
import type { KubeObject } from '../../model/kube-object.ts';
import { operatorNamespace } from './world.ts';

/** Any object, in the operators' namespace unless another is given; `''` for none. */
export const anObject = (
  apiVersion: string,
  kind: string,
  name: string,
  fields: Readonly<Record<string, unknown>> = {},
  namespace = operatorNamespace,
): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === '' ? {} : { namespace }) },
  ...fields,
});

export const aDaemonSet = (
  name: string,
  sketch: {
    readonly nodeSelector?: Readonly<Record<string, string>>;
    readonly desired?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly container?: string;
    readonly image?: string;
  } = {},
): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, namespace: operatorNamespace, labels: sketch.labels ?? {} },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        nodeSelector: sketch.nodeSelector ?? {},
        containers: [{ name: sketch.container ?? name, image: sketch.image ?? 'registry.example.net/a:v1' }],
      },
    },
  },
  status: { desiredNumberScheduled: sketch.desired ?? 0, numberReady: 0 },
});

export const anSriovPolicy = (name: string, spec: Readonly<Record<string, unknown>> = {}): KubeObject =>
  anObject('sriovnetwork.openshift.io/v1', 'SriovNetworkNodePolicy', name, {
    spec: {
      resourceName: 'res',
      numVfs: 8,
      priority: 99,
      nodeSelector: {},
      nicSelector: { pfNames: ['ibp24s0'] },
      ...spec,
    },
  });

export const anOperatorConfig = (name = 'default', spec: Readonly<Record<string, unknown>> = {}): KubeObject =>
  anObject('sriovnetwork.openshift.io/v1', 'SriovOperatorConfig', name, { spec });

export const aNicClusterPolicy = (
  spec: Readonly<Record<string, unknown>> = {},
  status: Readonly<Record<string, unknown>> = {},
  name = 'nic-cluster-policy',
): KubeObject => anObject('mellanox.com/v1alpha1', 'NicClusterPolicy', name, { spec, status }, '');

/** An OFED driver pod: ready, or in a state of its container. */
export const aDriverPod = (
  name: string,
  sketch: {
    readonly node?: string;
    readonly ready?: boolean;
    readonly restarts?: number;
    readonly waiting?: string;
    readonly startedAt?: string;
    readonly exitCode?: number;
    readonly labels?: Readonly<Record<string, string>>;
  } = {},
): KubeObject =>
  anObject('v1', 'Pod', name, {
    metadata: { name, namespace: operatorNamespace, labels: { 'nvidia.com/ofed-driver': '', ...sketch.labels } },
    spec: {
      nodeName: sketch.node ?? 'a',
      containers: [
        {
          name: 'mofed-container',
          image: 'nvcr.io/nvidia/mellanox/doca-driver:25.04-0.6.1.0-2-ubuntu22.04-amd64',
          startupProbe: { initialDelaySeconds: 10, periodSeconds: 20, failureThreshold: 60 },
        },
      ],
    },
    status: {
      phase: 'Running',
      containerStatuses: [
        {
          name: 'mofed-container',
          ready: sketch.ready ?? false,
          restartCount: sketch.restarts ?? 0,
          state:
            sketch.waiting === undefined
              ? { running: { startedAt: sketch.startedAt ?? '2026-01-01T00:00:00Z' } }
              : { waiting: { reason: sketch.waiting } },
          lastState:
            sketch.exitCode === undefined
              ? {}
              : { terminated: { exitCode: sketch.exitCode, reason: sketch.exitCode === 0 ? 'Completed' : 'Error' } },
        },
      ],
    },
  });
