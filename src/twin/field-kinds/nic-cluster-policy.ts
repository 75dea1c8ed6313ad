/**
 * NicClusterPolicy, the one object by which the network operator is told what to run (25.7.0). Resources, affinity and probes
 * of its components are kept as they are sent.
 */
import type { Schema } from '../world/schema.ts';
import { AGE, column, type FieldKind } from './field-kind.ts';
import {
  atomicListOf,
  between,
  fields,
  flag,
  integer,
  listOf,
  matching,
  oneOf,
  open,
  orElse,
  text,
} from './schema-words.ts';

const IMAGE = {
  image: matching('[a-zA-Z0-9\\-]+'),
  repository: matching('[a-zA-Z0-9\\.\\-\\/]+'),
  version: text,
  imagePullSecrets: orElse(listOf(text), []),
  containerResources: listOf(open),
};

/** What the operator runs from an image: three fields of it have no default. */
const component = (own: Readonly<Record<string, Schema>> = {}, required: readonly string[] = []): Schema =>
  fields({ ...IMAGE, ...own }, ['image', 'repository', 'version', ...required]);

const DNS_LABEL = matching('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', { minLength: 1, maxLength: 63 });

const PROBE = fields({ initialDelaySeconds: integer, periodSeconds: integer }, [
  'initialDelaySeconds',
  'periodSeconds',
]);

const KEY_OF_OBJECT: Schema = {
  ...fields({ name: orElse(text, ''), key: text, optional: flag }, ['key']),
  'x-kubernetes-map-type': 'atomic',
};

/** corev1.EnvVar; the name of the object that a value comes from has a default of its own. */
const ENVIRONMENT = fields(
  {
    name: text,
    value: text,
    valueFrom: fields({
      configMapKeyRef: KEY_OF_OBJECT,
      secretKeyRef: KEY_OF_OBJECT,
      fieldRef: open,
      resourceFieldRef: open,
    }),
  },
  ['name'],
);

const OFED_DRIVER = component({
  certConfig: fields({ name: text }),
  repoConfig: fields({ name: text }),
  env: listOf(ENVIRONMENT),
  forcePrecompiled: orElse(flag, false),
  livenessProbe: PROBE,
  readinessProbe: PROBE,
  startupProbe: PROBE,
  terminationGracePeriodSeconds: orElse(between(0), 300),
  upgradePolicy: fields({
    autoUpgrade: orElse(flag, false),
    maxParallelUpgrades: orElse(between(0), 1),
    safeLoad: orElse(flag, false),
    drain: fields({
      deleteEmptyDir: orElse(flag, false),
      enable: orElse(flag, true),
      force: orElse(flag, false),
      podSelector: text,
      timeoutSeconds: orElse(between(0), 300),
    }),
    waitForCompletion: fields({ podSelector: text, timeoutSeconds: orElse(between(0), 0) }),
  }),
});

const NIC_CONFIGURATION_OPERATOR = fields(
  {
    operator: component(),
    configurationDaemon: component(),
    logLevel: orElse(oneOf('info', 'debug'), 'info'),
    nicFirmwareStorage: fields({
      create: orElse(flag, true),
      pvcName: orElse(DNS_LABEL, 'nic-fw-storage-pvc'),
      storageClassName: DNS_LABEL,
      availableStorageSize: orElse(matching('^(\\d+)(Ei|Pi|Ti|Gi|Mi|Ki)$'), '1Gi'),
    }),
  },
  ['configurationDaemon', 'operator'],
);

const AFFINITY = fields({
  preferredDuringSchedulingIgnoredDuringExecution: atomicListOf(open),
  requiredDuringSchedulingIgnoredDuringExecution: { ...open, 'x-kubernetes-map-type': 'atomic' },
});

const TOLERATIONS = listOf(
  fields({ key: text, operator: text, value: text, effect: text, tolerationSeconds: integer }),
);

export const NIC_CLUSTER_POLICY: FieldKind = {
  group: 'mellanox.com',
  version: 'v1alpha1',
  scope: 'Cluster',
  plural: 'nicclusterpolicies',
  kind: 'NicClusterPolicy',
  shortNames: ['ncp'],
  columns: [column('Status', '.status.state'), AGE],
  spec: fields({
    deploymentNodeAffinity: AFFINITY,
    deploymentTolerations: TOLERATIONS,
    nodeAffinity: AFFINITY,
    tolerations: TOLERATIONS,
    docaTelemetryService: component({ config: fields({ fromConfigMap: text }) }),
    ibKubernetes: component(
      {
        pKeyGUIDPoolRangeStart: text,
        pKeyGUIDPoolRangeEnd: text,
        periodicUpdateSeconds: orElse(between(0), 5),
        ufmSecret: text,
      },
      ['pKeyGUIDPoolRangeEnd', 'pKeyGUIDPoolRangeStart', 'ufmSecret'],
    ),
    nicConfigurationOperator: NIC_CONFIGURATION_OPERATOR,
    nicFeatureDiscovery: component(),
    nvIpam: component({ enableWebhook: flag }),
    ofedDriver: OFED_DRIVER,
    rdmaSharedDevicePlugin: component({ config: text, useCdi: flag }),
    secondaryNetwork: fields({
      cniPlugins: component(),
      ipamPlugin: component(),
      ipoib: component(),
      multus: component({ config: text }),
    }),
    spectrumXOperator: component(),
    sriovDevicePlugin: component({ config: text, useCdi: flag }),
  }),
  status: fields(
    {
      state: oneOf('ignore', 'notReady', 'ready', 'error'),
      reason: text,
      appliedStates: listOf(
        fields({ name: text, state: oneOf('ready', 'notReady', 'ignore', 'error'), message: text }, ['name', 'state']),
      ),
    },
    ['state'],
  ),
};
