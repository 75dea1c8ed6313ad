/**
 * What a person does with kubectl on a cluster, one command after the other: played on the twin and on a real kube-apiserver
 * without controllers, so that every answer comes from the API itself. Each command starts where the one before it ended.
 */

export interface KubectlStep {
  readonly args: readonly string[];
  readonly stdin?: string;
  /** Why what is printed is not compared, only how it ends. */
  readonly unlike?: string;
}

const step = (line: string, more: Omit<KubectlStep, 'args'> = {}): KubectlStep => ({ args: words(line), ...more });

/** Split at spaces; what stands in single quotes stays together. */
const words = (line: string): readonly string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');

const given = (...objects: readonly object[]): Pick<KubectlStep, 'stdin'> => ({
  stdin: JSON.stringify(objects.length === 1 ? objects[0] : { apiVersion: 'v1', kind: 'List', items: objects }),
});

const NODE_STATUS = {
  capacity: { cpu: '8', memory: '32Gi', pods: '110', 'nvidia.com/gpu': '8' },
  allocatable: { cpu: '8', memory: '32Gi', pods: '110', 'nvidia.com/gpu': '8' },
  conditions: [
    {
      type: 'Ready',
      status: 'True',
      reason: 'KubeletReady',
      message: 'kubelet is posting ready status',
      lastHeartbeatTime: '2026-01-01T00:00:00Z',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    },
  ],
  addresses: [{ type: 'InternalIP', address: '10.1.0.30' }],
  nodeInfo: {
    architecture: 'amd64',
    bootID: 'b',
    containerRuntimeVersion: 'containerd://2.0.2',
    kernelVersion: '6.8.0',
    kubeProxyVersion: '',
    kubeletVersion: 'v1.36.3',
    machineID: 'm',
    operatingSystem: 'linux',
    osImage: 'Ubuntu 24.04',
    systemUUID: 's',
  },
};

const node = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name, 'node-role.kubernetes.io/worker': '' } },
});

const pod = (name: string, on: string, app = 'web'): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app, name } },
  spec: {
    nodeName: on,
    // Nobody is there to end it: it goes at once.
    terminationGracePeriodSeconds: 0,
    containers: [
      { name: 'main', image: 'example.com/main:1', resources: { requests: { cpu: '100m', memory: '64Mi' } } },
    ],
  },
});

const RUNNING = {
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
  containerStatuses: [
    {
      name: 'main',
      image: 'example.com/main:1',
      imageID: 'x',
      ready: true,
      restartCount: 0,
      state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
    },
  ],
};

const budget = (name: string): object => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name },
  spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } },
});

const budgetStatus = (allowed: number): string =>
  JSON.stringify({
    status: {
      observedGeneration: 1,
      disruptionsAllowed: allowed,
      currentHealthy: 2,
      desiredHealthy: 2 - allowed,
      expectedPods: 2,
    },
  });

const NIC_DEVICES = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'nicdevices.nic.example.com' },
  spec: {
    group: 'nic.example.com',
    scope: 'Namespaced',
    names: {
      plural: 'nicdevices',
      singular: 'nicdevice',
      kind: 'NicDevice',
      listKind: 'NicDeviceList',
      shortNames: ['nd'],
      categories: ['nics'],
    },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
        },
        additionalPrinterColumns: [
          { name: 'Firmware', type: 'string', jsonPath: '.spec.firmware' },
          { name: 'VFs', type: 'integer', jsonPath: '.spec.numVfs' },
          { name: 'Ports', type: 'string', jsonPath: '.spec.ports[*].name', priority: 1 },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  firmware: { type: 'string' },
                  numVfs: { type: 'integer', minimum: 0, maximum: 127 },
                  replicas: { type: 'integer' },
                  ports: {
                    type: 'array',
                    items: { type: 'object', properties: { name: { type: 'string' } } },
                  },
                },
              },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
};

const nicDevice = (name: string, spec: object): object => ({
  apiVersion: 'nic.example.com/v1',
  kind: 'NicDevice',
  metadata: { name },
  spec,
});

const configMap = (name: string, data: object): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'work' },
  data,
});

export const KUBECTL_STEPS: readonly KubectlStep[] = [
  step('create namespace work'),
  step('create namespace work'),
  step('get namespaces'),
  step('get namespaces -o name'),

  step('create -f -', given(node('dgx030'), node('dgx031'))),
  step(`patch node dgx030 --subresource=status --type=merge -p '${JSON.stringify({ status: NODE_STATUS })}'`),
  step('get nodes'),
  step('get nodes -o wide'),
  step('get node dgx030 -o yaml'),
  step('get node dgx030 -o json'),
  step(`get node dgx030 -o 'jsonpath={.status.allocatable}'`),
  step('get nodes -l kubernetes.io/hostname=dgx031'),
  step('get nodes --field-selector metadata.name=dgx031 -o name'),
  step('get nodes --show-labels'),
  step('get nodes -L kubernetes.io/hostname'),
  step('get nodes --chunk-size=1 -o name'),
  step('get nodes --sort-by=.metadata.name'),
  step('get nodes --no-headers'),
  step('get node none'),
  step('get nosuchkind'),
  step('describe node dgx030'),

  step('label node dgx030 rack=7'),
  step('label node dgx030 rack=8'),
  step('label node dgx030 rack=8 --overwrite'),
  step('label node dgx030 rack-'),
  step('annotate node dgx030 why=test'),
  step('taint node dgx030 nic=busy:NoSchedule'),
  step('taint node dgx030 nic=busy:NoSchedule'),
  step('taint node dgx030 nic:NoSchedule-'),
  step(`patch node dgx030 -p '{"spec":{"podCIDR":"10.0.0.0/24"}}'`),
  step(`patch node dgx030 --type=merge -p '{"metadata":{"labels":{"a":"b"}}}'`),
  step(`patch node dgx030 --type=json -p '[{"op":"remove","path":"/metadata/labels/a"}]'`),
  step(`patch node dgx030 --type=json -p '[{"op":"test","path":"/metadata/labels/a","value":"b"}]'`),
  step(`patch node dgx030 --type=merge -p '{"a'`),

  // One key: kubectl 1.32 describes several in any order.
  step('create configmap settings --from-literal=a=1'),
  step('create configmap settings --from-literal=a=1'),
  step('get configmap settings -o yaml'),
  step('get cm'),
  step('describe configmap settings'),
  step('apply --server-side -f -', given(configMap('ssa', { a: '1' }))),
  step('apply --server-side -f -', given(configMap('ssa', { a: '1', b: '2' }))),
  step('apply --server-side --field-manager=other -f -', given(configMap('ssa', { a: '9' }))),
  step('apply --server-side --field-manager=other --force-conflicts -f -', given(configMap('ssa', { a: '9' }))),
  step('get configmap ssa -o yaml --show-managed-fields'),
  step('apply -f -', given(configMap('csa', { a: '1' }))),
  step('apply -f -', given(configMap('csa', { a: '1' }))),
  step('apply -f -', given(configMap('csa', { b: '2' }))),
  step('get configmap csa -o yaml'),
  step('apply --server-side -f -', given(configMap('csa', { b: '3' }))),
  step('diff -f -', { ...given(configMap('csa', { b: '3' })), unlike: 'it names files of its own' }),
  step('apply --dry-run=server -f -', given(configMap('dry', { a: '1' }))),
  step('get configmap dry'),
  step('replace -f -', given(configMap('csa', { c: '4' }))),
  step('delete configmap csa'),
  step('delete configmap csa'),
  step('delete configmap csa --ignore-not-found'),
  step('create secret generic pass --from-literal=p=x'),
  step('get secrets'),
  step('describe secret pass'),
  step('create serviceaccount robot'),
  step('get serviceaccounts'),
  step('create role reader --verb=get,list --resource=configmaps'),
  step('create rolebinding reader --role=reader --serviceaccount=work:robot'),
  step('get roles'),
  step('get rolebindings -o wide'),
  step('describe role reader'),
  step('describe rolebinding reader'),
  step('auth can-i get configmaps'),
  step('auth can-i get configmaps --as system:serviceaccount:work:robot'),
  step('auth can-i delete configmaps --as system:serviceaccount:work:robot'),
  step('auth can-i get nodes --as alice --as-group team-a'),
  step('auth can-i get /metrics --as alice'),
  step('auth can-i --list --as system:serviceaccount:work:robot', {
    unlike: 'the server has more roles for everybody',
  }),
  step('get secrets --as system:serviceaccount:work:robot'),
  step('get configmaps --as system:serviceaccount:work:robot -o name'),
  step('auth whoami --as alice --as-group team-a'),
  step('create token robot', { unlike: 'every token is another' }),

  step('create -f -', given(NIC_DEVICES)),
  step('wait --for=condition=Established crd/nicdevices.nic.example.com --timeout=10s'),
  step('get crd nicdevices.nic.example.com -o name'),
  step('api-resources --api-group=nic.example.com'),
  step('create -f -', given(nicDevice('a', { firmware: '28.43', numVfs: 8, ports: [{ name: 'p0' }, { name: 'p1' }] }))),
  step('create -f -', given(nicDevice('wrong', { numVfs: 500 }))),
  step('create -f -', given(nicDevice('wrong', { numVfs: 'many' }))),
  step('create -f -', given(nicDevice('wrong', { numVF: 8, ports: [{ nam: 'p0' }] }))),
  step('create -f -', given({ ...configMap('wrong', { a: '1' }), dat: { a: '1' } })),
  step('apply --server-side -f -', given({ ...configMap('wrong', { a: '1' }), dat: { a: '1' } })),
  step('get nicdevices'),
  step('get nd -o wide'),
  step('get nics'),
  step('get nd a -o yaml'),
  step('describe nd a'),
  step(`patch nd a --type=merge -p '{"spec":{"numVfs":16}}'`),
  step(`patch nd a -p '{"spec":{"numVfs":16}}'`),
  step(`patch nd a --subresource=status --type=merge -p '{"status":{"state":"Ready","replicas":1}}'`),
  step(`wait --for=jsonpath='{.status.state}'=Ready nd/a --timeout=5s`),
  step(`wait --for=jsonpath='{.status.state}'=Other nd/a --timeout=1s`),
  step('scale nd a --replicas=3'),
  step('get nd a --subresource=scale'),
  step('apply -f -', given(nicDevice('b', { firmware: '28.39' }))),
  step('apply -f -', given(nicDevice('b', { firmware: '28.43' }))),
  step('delete nd --all'),

  step('create deployment web --image=example.com/main:1 --replicas=2'),
  step('get deployments'),
  step('get deployments -o wide'),
  step('describe deployment web'),
  step('scale deployment web --replicas=3'),
  step('scale deployment web --current-replicas=2 --replicas=4'),
  step('get deployment web -o yaml'),
  step('set image deployment/web main=example.com/main:2'),
  step('rollout history deployment/web'),
  step('get all'),
  step('delete deployment web'),
  step('create job once --image=example.com/main:1'),
  step('get jobs'),
  step('delete job once'),

  step('create -f -', given(pod('p1', 'dgx030'), pod('p2', 'dgx030'), pod('lone', 'dgx031', 'lone'))),
  ...['p1', 'p2', 'lone'].map((name) =>
    step(`patch pod ${name} --subresource=status --type=merge -p '${JSON.stringify({ status: RUNNING })}'`),
  ),
  step('get pods'),
  step('get pods -o wide'),
  step('get pods -A'),
  step('get pods -l app=web -o name'),
  step(`get pods -l 'app in (web,lone),app!=lone' -o name`),
  step('get pods --field-selector spec.nodeName=dgx031'),
  step('get pods --field-selector status.phase!=Running'),
  step('get pods --field-selector spec.nosuch=x'),
  step('get pod p1 -o yaml'),
  step('describe pod p1'),
  step('describe node dgx030'),
  step('wait --for=condition=Ready pod/p1 --timeout=5s'),
  step('wait --for=condition=Ready pods --all --timeout=5s'),
  step('create -f -', given(budget('web'))),
  step(`patch pdb web --subresource=status --type=merge -p '${budgetStatus(0)}'`),
  step('get pdb'),
  step('describe pdb web'),
  step('cordon dgx030'),
  step('cordon dgx030'),
  step('get nodes'),
  step('drain dgx030 --ignore-daemonsets --timeout=4s'),
  // Of several pods kubectl tells in any order, so each drain is of one.
  step('drain dgx030 --ignore-daemonsets --timeout=4s --force --pod-selector=name=p1'),
  step(`patch pdb web --subresource=status --type=merge -p '${budgetStatus(2)}'`),
  step('drain dgx030 --ignore-daemonsets --timeout=20s --force --pod-selector=name=p1'),
  step('drain dgx030 --ignore-daemonsets --timeout=20s --force'),
  step('get pods'),
  step('uncordon dgx030'),
  step('uncordon dgx030'),
  step('delete pod lone --force --grace-period=0'),
  step('delete pod lone'),
  step('delete nodes dgx030 dgx031'),
  step('events'),
  step('get events'),
  step('get --raw /readyz'),
  step('get --raw /api/v1/namespaces/work/configmaps/none'),
  step('get --raw /nosuchpath'),
  step('cluster-info', { unlike: 'the address is another' }),
  step('delete namespace none'),
];
