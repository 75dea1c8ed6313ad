/** Live readings of clusters that answer only in part. What a whole cluster gives is tested on a real one (test/real). */
import { expect, test } from 'vitest';
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { ExecOutput, KubeApi, ListOptions, Page, ServedResource } from '../../core/ports/kube-api.ts';
import type { KubeResult } from '../../core/ports/kube-fault.ts';
import type { Snapshot } from '../../core/snapshot/snapshot.ts';
import { VISIT_KEY } from '../../core/visit/visit-journal.ts';
import { refused, scriptedKubeApi } from '../../testing/scripted-kube-api.ts';
import type { LiveOptions } from './live-options.ts';
import { readLiveSnapshot } from './live-snapshot.ts';

const served = (group: string, version: string, plural: string, kind: string): ServedResource => ({
  group,
  version,
  plural,
  kind,
  namespaced: kind !== 'Node',
  verbs: ['list'],
  subresources: [],
  preferred: true,
});

const KINDS = [
  served('', 'v1', 'nodes', 'Node'),
  served('', 'v1', 'pods', 'Pod'),
  served('', 'v1', 'secrets', 'Secret'),
  served('sriovnetwork.openshift.io', 'v1', 'sriovnetworknodestates', 'SriovNetworkNodeState'),
];

const object = (kind: string, name: string, more: object = {}): KubeObject => ({
  apiVersion: kind.startsWith('Sriov') ? 'sriovnetwork.openshift.io/v1' : 'v1',
  kind,
  metadata: { name, ...(kind !== 'Node' && { namespace: 'ops' }) },
  ...more,
});

const nodes = ['a', 'b'];
const WORLD: Readonly<Record<string, readonly KubeObject[]>> = {
  nodes: nodes.map((name) => object('Node', name)),
  pods: nodes.map((node) =>
    object('Pod', `daemon-${node}`, {
      spec: { nodeName: node, containers: [{ name: 'sriov-network-config-daemon' }] },
      status: {
        phase: 'Running',
        containerStatuses: [{ name: 'sriov-network-config-daemon', ready: true, restartCount: 1 }],
      },
    }),
  ),
  sriovnetworknodestates: nodes.map((name) =>
    object('SriovNetworkNodeState', name, {
      status: {
        syncStatus: name === 'b' ? 'InProgress' : 'Succeeded',
        interfaces: [
          { vendor: '15b3', pciAddress: '0000:18:00.0' },
          { vendor: '15b3', pciAddress: '0000:18:00.1' },
          { vendor: '8086', pciAddress: '0000:20:00.0' },
        ],
      },
    }),
  ),
};

const page = (items: readonly KubeObject[], more: Partial<Page> = {}): KubeResult<Page> => ({
  ok: true,
  value: { items, resourceVersion: '1', ...more },
});

const ran = (stdout: string, more: Partial<ExecOutput> = {}): KubeResult<ExecOutput> => ({
  ok: true,
  value: { stdout, stderr: '', exitCode: 0, truncated: false, ...more },
});

const cluster = (verbs: Partial<KubeApi> = {}): KubeApi =>
  scriptedKubeApi({
    discover: () => Promise.resolve({ ok: true, value: KINDS }),
    list: (kind) => Promise.resolve(page(WORLD[kind.plural] ?? [])),
    canI: () => Promise.resolve({ ok: true, value: { allowed: true, denied: false, reason: '' } }),
    logs: () => Promise.resolve({ ok: true, value: 'a line\n' }),
    exec: (_pod, command) => Promise.resolve(ran(`${command.join(' ')} ran\n`)),
    ...verbs,
  });

/** Time that passes only by sleeping, at once. */
const quickClock = (): Clock => {
  let now = 0;
  return {
    now: () => now,
    sleep: (ms) => {
      now += ms;
      return Promise.resolve();
    },
  };
};

const read = async (api: KubeApi, more: Partial<LiveOptions> = {}): Promise<Snapshot> => {
  const snapshot = await readLiveSnapshot(api, { homeNamespace: 'default', clock: quickClock(), ...more });
  if (!snapshot.ok) throw new Error(snapshot.fault.message);
  return snapshot.value;
};

test('one question for each card of NVIDIA, in the daemon’s container; the output stands below the command', async () => {
  const { texts, gaps } = await read(cluster());
  const host = texts.find(({ kind, node }) => kind === 'host' && node === 'a');
  expect(host?.text.split('\n').filter((line) => /^[=$]/.test(line))).toEqual([
    '=== a ===',
    '$ cat /proc/sys/kernel/random/boot_id',
    '$ cat /host/sys/kernel/security/lockdown',
    '$ cat /proc/cmdline',
    '$ cat /host/sys/class/dmi/id/product_name',
    expect.stringMatching(/^\$ grep -H \. (\S+0000:18:00\.[01]\/sriov_(?:num|total)vfs ?){4}$/),
    expect.stringMatching(/^\$ mstconfig -d 0000:18:00\.0 -e q$/),
    expect.stringMatching(/^\$ mstfwreset -d 0000:18:00\.0 query$/),
    expect.stringMatching(/^\$ grep -rHs \. .*0000:18:00\.0\/current_link_speed /),
  ]);
  expect(host?.text).toContain('$ cat /proc/cmdline\ncat /proc/cmdline ran\n');
  expect(gaps).toEqual([]);
});

test('a node in the middle of a visit is asked for every link that it left with, its GPUs too', async () => {
  const journal = {
    rollout: 'r',
    uid: 'u',
    stage: 'prove',
    sinceMs: 0,
    beganMs: 0,
    because: '',
    rung: 'cold',
    left: { resources: {}, functions: [], links: { '32x16': ['0000:18:00.0'], '0x16': ['0000:1b:00.0'] } },
  };
  const visited = object('Node', 'a');
  const annotations = { [VISIT_KEY]: JSON.stringify(journal) };
  const items = [{ ...visited, metadata: { ...visited.metadata, annotations } }, object('Node', 'b')];
  const api = cluster({
    list: (kind) => Promise.resolve(page(kind.plural === 'nodes' ? items : (WORLD[kind.plural] ?? []))),
  });
  const { texts } = await read(api);
  const linksAsked = (node: string) =>
    texts
      .find((one) => one.kind === 'host' && one.node === node)
      ?.text.match(/^\$ grep -rHs .*$/m)?.[0]
      .match(/(?<=\/)[0-9a-f]{4}:[0-9a-f:]+\.\d(?=\/current_link_speed)/g);
  expect(linksAsked('a')).toEqual(['0000:18:00.0', '0000:18:00.1', '0000:1b:00.0']);
  expect(linksAsked('b')).toEqual(['0000:18:00.0', '0000:18:00.1']);
});

test('a restarted container gives the log of its run before too', async () => {
  const asked: (boolean | undefined)[] = [];
  const api = cluster({
    logs: (_pod, options) => {
      asked.push(options?.previous);
      return Promise.resolve(options?.previous === true ? refused('kube-invalid') : { ok: true, value: 'now\n' });
    },
  });
  const { texts, gaps } = await read(api);
  expect(asked.filter((previous) => previous === true)).toHaveLength(2);
  expect(asked).toHaveLength(4);
  expect(texts.filter(({ kind }) => kind === 'log')).toHaveLength(2);
  expect(gaps[0]).toMatchObject({
    what: 'the log of daemon-a, container sriov-network-config-daemon, run before',
    settle: 'kubectl logs -n ops daemon-a -c sriov-network-config-daemon -p',
    node: 'a',
  });
});

test('a list that is cut: what came is used, the rest is a gap, and absence is no fact', async () => {
  const lists: ListOptions[] = [];
  const api = cluster({
    list: (kind, options = {}) => {
      if (kind.plural !== 'nodes') return Promise.resolve(page(WORLD[kind.plural] ?? []));
      lists.push(options);
      const first = options.continue === undefined;
      return Promise.resolve(first ? page([object('Node', 'a')], { continue: 'x' }) : refused('kube-unreachable'));
    },
  });
  const { objects, listed, gaps } = await read(api);
  expect(lists).toHaveLength(4);
  expect(objects.filter(({ object: { kind } }) => kind === 'Node')).toHaveLength(1);
  expect(listed).toContain('Pod');
  expect(listed).not.toContain('Node');
  expect(gaps[0]).toMatchObject({
    what: 'nodes',
    because: expect.stringContaining('scripted kube-unreachable That hides nodes, their labels') as string,
  });
});

test('who may not list all pods still reads their own namespace', async () => {
  const api = cluster({
    list: (kind, options) => {
      if (kind.plural !== 'pods') return Promise.resolve(page(WORLD[kind.plural] ?? []));
      return Promise.resolve(
        options?.namespace === 'ops' ? page(WORLD['pods'] ?? []) : refused('kube-forbidden', { next: 'stop' }),
      );
    },
  });
  const said: string[] = [];
  const snapshot = await read(api, { homeNamespace: 'ops', warn: (line) => said.push(line) });
  expect(snapshot.objects.filter(({ object: { kind } }) => kind === 'Pod')).toHaveLength(2);
  expect(snapshot.listed).not.toContain('Pod');
  expect(said[0]).toBe('Missing rights:\n  list pods -A: hides which pods run or wait where, and why');
});

test('an exec that takes too long is a gap with the line to type; the other questions are asked', async () => {
  const slow = cluster({
    exec: (_pod, [program = '']) =>
      Promise.resolve(program === 'mstconfig' ? refused('kube-exec-timeout', { next: 'stop' }) : ran('x\n')),
  });
  const { texts, gaps } = await read(slow, { nodes: { names: ['a'] } });
  expect(texts.find(({ kind }) => kind === 'host')?.text).toContain('mstfwreset');
  expect(gaps[0]).toMatchObject({
    what: expect.stringMatching(/^firmware settings of 0000:18:00\.\d on a$/) as string,
    settle: expect.stringMatching(
      /^kubectl exec -n ops daemon-a -c sriov-network-config-daemon -- mstconfig -d /,
    ) as string,
    node: 'a',
  });
});

test('the time for one host is bounded', async () => {
  const clock = quickClock();
  const api = cluster({
    exec: async () => {
      await clock.sleep(50_000);
      return ran('x\n');
    },
  });
  const { gaps } = await read(api, { clock, nodes: { names: ['a'] } });
  expect(gaps.filter(({ because }) => because.includes('120 s, was used up'))).toHaveLength(5);
});

test('rights to logs and exec are asked for before, and what is missing hides all of them', async () => {
  const said: string[] = [];
  const api = cluster({
    canI: (attributes) =>
      Promise.resolve({ ok: true, value: { allowed: attributes.verb === 'get', denied: false, reason: '' } }),
    exec: () => {
      throw new Error('the right to it is missing');
    },
  });
  const { texts, gaps } = await read(api, { warn: (line) => said.push(line) });
  expect(texts.map(({ kind }) => kind)).toEqual(['log', 'log', 'log', 'log']);
  expect(said).toEqual(['Missing rights:\n  get and create pods/exec -n ops: hides what the hosts themselves say']);
  expect(gaps).toEqual([
    {
      what: 'host tools of ops',
      because: 'we lack the right to get and create pods/exec there',
      settle: 'kubectl auth can-i create pods --subresource=exec -n ops',
    },
  ]);
});

test('an exec that is refused all the same is tried once a host', async () => {
  let asked = 0;
  const api = cluster({
    exec: () => {
      asked += 1;
      return Promise.resolve(refused('kube-forbidden', { next: 'stop' }));
    },
  });
  const { texts, gaps } = await read(api);
  expect(asked).toBe(2);
  expect(texts.filter(({ kind }) => kind === 'host')).toEqual([]);
  expect(gaps.map(({ node }) => node)).toEqual(['b', 'a']);
});

test('hosts and logs beyond the limits are counted; nodes that are not in order come first', async () => {
  const { texts, gaps } = await read(cluster(), { limits: { hosts: 1, logs: 1 } });
  expect(texts.filter(({ kind }) => kind === 'host').map(({ node }) => node)).toEqual(['b']);
  expect(gaps.map(({ what }) => what)).toEqual(['3 of 4 logs', 'host tools of 1 of 2 nodes']);
});

test('an output that is cut, and a daemon that does not run, are said', async () => {
  const stopped = (WORLD['pods'] ?? []).map((pod) =>
    pod.metadata.name === 'daemon-b' ? { ...pod, status: { phase: 'Pending' } } : pod,
  );
  const api = cluster({
    list: (kind) => Promise.resolve(page(kind.plural === 'pods' ? stopped : (WORLD[kind.plural] ?? []))),
    exec: () => Promise.resolve(ran('x\n', { truncated: true })),
  });
  const { gaps } = await read(api, { logs: false });
  expect(gaps[0]).toMatchObject({ what: 'host tools of b', because: 'its config daemon pod daemon-b does not run' });
  expect(gaps[1]?.because).toMatch(/longer than 1048576 bytes/);
});

test('a kind that is not served counts as listed and empty, one that may not be read does not', async () => {
  const forbidden = cluster({
    list: (kind) =>
      Promise.resolve(kind.group === '' ? page(WORLD[kind.plural] ?? []) : refused('kube-forbidden', { next: 'stop' })),
  });
  const { listed } = await read(forbidden);
  expect(listed).toContain('NicClusterPolicy.mellanox.com');
  expect(listed).not.toContain('SriovNetworkNodeState.sriovnetwork.openshift.io');
});

test('a cluster without the operators’ kinds is said to be one', async () => {
  const api = cluster({ discover: () => Promise.resolve({ ok: true, value: KINDS.slice(0, 2) }) });
  const { gaps } = await read(api);
  expect(gaps[0]?.because).toBe(
    'the scripted API server serves none of their kinds; no such operator is installed there, or this is the wrong cluster',
  );
});

test('a server that is away is a fault', async () => {
  const api = cluster({ discover: () => Promise.resolve(refused('kube-unreachable')) });
  expect(await readLiveSnapshot(api, { homeNamespace: 'default', clock: quickClock() })).toMatchObject({
    ok: false,
    fault: { code: 'kube-unreachable' },
  });
});
