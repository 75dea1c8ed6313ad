/**
 * The twin as a person would collect it: every object, the firmware tool's output and files of each host, and the logs of the
 * containers that write any. So the same diagnosis runs on a twin as on a cluster or a dump. Of a host that is not up there is
 * what was read before it went down, and a gap that says so: where a node restarts for ever, nobody gets more.
 */
import { digList, digText } from '../core/model/dig.ts';
import { apiVersionOf, PODS } from '../core/model/kube-resource.ts';
import { hostCommand, type HostQuestion } from '../core/model/host-question.ts';
import { timestamp } from '../core/model/timestamp.ts';
import { kindKey, type Gap, type Snapshot, type SnapshotText } from '../core/snapshot/snapshot.ts';
import type { ContainerLogs } from './actors/container-logs.ts';
import { runOnHost } from './hardware/host-commands.ts';
import type { Host } from './hardware/host.ts';
import type { World } from './world/world.ts';

/** Where things of the twin are read: `twin: host/dgx030/firmware.txt:12`. */
const from = (path: string): { readonly source: string } => ({ source: `twin/${path}` });

const transcript = (host: Host, commands: readonly (readonly string[])[]): string =>
  commands
    .map((command) => {
      const { stdout, stderr } = runOnHost(host, command);
      return `$ ${command.join(' ')}\n${stdout}${stderr}`;
    })
    .join('\n');

const FACTS: readonly HostQuestion[] = [
  { ask: 'boot-id' },
  { ask: 'kernel-lockdown' },
  { ask: 'kernel-command-line' },
  { ask: 'product-name' },
];

const hostTexts = (host: Host): readonly SnapshotText[] => {
  const first = host.adapters.flatMap(({ spec }) => spec.functions.slice(0, 1).map(({ pci }) => pci));
  const pcis = host.adapters.flatMap(({ spec }) => spec.functions.map(({ pci }) => pci));
  const files: Readonly<Record<string, readonly (readonly string[])[]>> = {
    'devices.txt': [['ibdev2netdev', '-v']],
    'firmware.txt': first.map((pci) => hostCommand({ ask: 'firmware-settings', pci }, '')),
    'facts.txt': [
      hostCommand({ ask: 'vf-counts', pcis }, ''),
      hostCommand({ ask: 'links', pcis: [...pcis, ...host.gpuAddresses] }, ''),
      ...FACTS.map((question) => hostCommand(question, '')),
    ],
  };
  return Object.entries(files).map(([file, commands]) => ({
    kind: 'host',
    node: host.name,
    text: transcript(host, commands),
    origin: from(`host/${host.name}/${file}`),
  }));
};

const logTexts = (world: World, logs: ContainerLogs): readonly SnapshotText[] =>
  world
    .actor('snapshot')
    .list(PODS)
    .flatMap((pod) =>
      digList(pod, 'spec', 'containers').flatMap((spec) => {
        const container = digText(spec, 'name') ?? '';
        const { name, namespace = 'default' } = pod.metadata;
        const node = digText(pod, 'spec', 'nodeName');
        return [true, false].flatMap((previous): readonly SnapshotText[] => {
          const text = logs.read(pod, container, previous);
          if (text === undefined || text === '') return [];
          const file = `logs/${namespace}/${name}/${container}${previous ? '.previous' : ''}.log`;
          const place = { namespace, pod: name, container, ...(node === undefined ? {} : { node }) };
          return [{ kind: 'log', ...place, ...(previous ? { previous } : {}), text, origin: from(file) }];
        });
      }),
    );

const silentHost = (host: Host, lastSeen: LastSeen | undefined): Gap => ({
  what: `firmware settings of ${host.name} as they are now`,
  because: `the host is ${host.power === 'on' ? 'not up' : host.power}; ${
    lastSeen === undefined ? 'nothing was read before' : `what is told of it was read at ${timestamp(lastSeen.at)}`
  }`,
  settle: 'let time pass until it is up',
  node: host.name,
});

interface LastSeen {
  readonly at: number;
  readonly texts: readonly SnapshotText[];
}

export interface SnapshotParts {
  readonly world: World;
  readonly hosts: ReadonlyMap<string, Host>;
  readonly logs: ContainerLogs;
}

/** Begins to look after the hosts; the answer collects. */
export const snapshots = ({ world, hosts, logs }: SnapshotParts): (() => Snapshot) => {
  const all = [...hosts.values()].filter(({ adapters }) => adapters.length > 0);
  const lastSeen = new Map<string, LastSeen>();
  for (const host of all) host.onDown(() => lastSeen.set(host.name, { at: world.clock.now(), texts: hostTexts(host) }));
  return () => ({
    objects: [...world.objects()].map((object) => ({
      object,
      origin: from(`${object.kind}/${object.metadata.name}.yaml`),
    })),
    texts: [
      ...all.flatMap((host) => (host.isUp ? hostTexts(host) : (lastSeen.get(host.name)?.texts ?? []))),
      ...logTexts(world, logs),
    ],
    gaps: all.filter(({ isUp }) => !isUp).map((host) => silentHost(host, lastSeen.get(host.name))),
    listed: new Set(world.served().map((kind) => kindKey(kind.kind, apiVersionOf(kind)))),
    sources: ['twin'],
  });
};
