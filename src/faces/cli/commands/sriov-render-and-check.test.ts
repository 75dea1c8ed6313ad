/** The commands sriov render and sriov check, as a user meets them. */
import { describe, expect, test } from 'vitest';
import { readPositioned } from '../../../adapters/dump/read-positioned.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import type { Result } from '../../../core/result.ts';
import type { Snapshot } from '../../../core/snapshot/snapshot.ts';
import { fakeCommandContext } from '../../../testing/fake-command-context.ts';
import { aNode, aNodeState, anOperatorConfig, aPf, aPolicy, snapshotOf } from '../../../testing/sriov-objects.ts';
import type { Command, CommandOutcome, OptionValues } from '../command.ts';
import { plainPaint } from '../paint.ts';
import sriovCheck from './sriov-check.ts';
import sriovRender from './sriov-render.ts';

const RAILS = ['ibp24s0', 'ibp64s0', 'ibp79s0', 'ibp94s0', 'ibp154s0', 'ibp192s0', 'ibp206s0', 'ibp220s0'];
const BUSES = ['18', '40', '4f', '5e', '9a', 'c0', 'ce', 'dc'];

const rail = (name: string, bus: string, fields: object = {}) =>
  aPf({ name, altNames: [], pciAddress: `0000:${bus}:00.0`, linkType: 'IB', totalvfs: 16, ...fields });

/** The PFs of a node of the founding incident: eight rails, a BlueField-3, a module of four functions. */
const dgx = (name: string): KubeObject =>
  aNodeState(name, [
    ...RAILS.map((one, index) => rail(one, BUSES[index] ?? '')),
    rail('ibp41s0f0', '29', { deviceID: 'a2dc' }),
    ...[0, 1, 2, 3].map((digit) => rail(`ibs14f${digit}`, '05', { pciAddress: `0000:05:00.${digit}` })),
  ]);

const policies = RAILS.map((name) =>
  aPolicy(`policy-${name}`, {
    resourceName: `res${name}`,
    nodeSelector: { 'nvidia.com/gpu.present': 'true' },
    nicSelector: { vendor: '15b3', pfNames: [name] },
    isRdma: true,
    linkType: 'ib',
  }),
);

const fileOf = (objects: readonly KubeObject[]): string =>
  objects.map((object) => JSON.stringify(object, undefined, 2)).join('\n---\n');

interface Input {
  readonly files?: Readonly<Record<string, string>>;
  readonly from?: Snapshot;
  readonly options?: OptionValues;
}

const run = async (command: Command, { files = {}, from, options = {} }: Input): Promise<Result<CommandOutcome>> => {
  const documents = Object.entries(files).map(([path, text]) => {
    const read = readPositioned(text, path);
    if (!read.ok) throw new Error(read.fault.message);
    return [path, read.value] as const;
  });
  const context = fakeCommandContext({
    documents: Object.fromEntries(documents),
    ...(from === undefined ? {} : { snapshot: from }),
  });
  const all = { ...options, ...(from === undefined ? {} : { from: ['dump'] }) };
  return command.run(context, Object.keys(files), all);
};

const outcome = async (command: Command, input: Input): Promise<CommandOutcome> => {
  const result = await run(command, input);
  if (!result.ok) throw new Error(result.fault.message);
  return result.value;
};

const textOf = ({ text }: CommandOutcome): string => text(plainPaint);

describe('sriov render', () => {
  test('000-47 policies and node states give the resources of the incident, eight each', async () => {
    const files = { 'policies.yaml': fileOf(policies), 'nodestates.yaml': fileOf([dgx('dgx030'), dgx('dgx031')]) };
    const { exit, data } = await outcome(sriovRender, { files });
    expect(exit).toBe(0);
    const resources = Object.fromEntries(RAILS.map((name) => [`nvidia.com/res${name}`, { promised: 8, offered: 8 }]));
    expect(data).toMatchObject({
      nodes: [
        { name: 'dgx030', resources },
        { name: 'dgx031', resources },
      ],
    });
    expect(data).toMatchObject({ notKnown: [{ what: 'labels of dgx030, dgx031' }, { what: 'the resource prefix' }] });
  });

  test('nodes that are rendered alike are shown once, with what stays untouched', async () => {
    const from = snapshotOf(
      ['dgx030', 'dgx031'].flatMap((name) => [aNode(name, { 'nvidia.com/gpu.present': 'true' }), dgx(name)]),
    );
    const text = textOf(await outcome(sriovRender, { files: { 'p.yaml': fileOf(policies.slice(0, 2)) }, from }));
    expect(text).toMatchInlineSnapshot(`
      "dgx030, dgx031   2 of 13 PFs configured; policies: 2

      INTERFACE   PCI            VFS      MTU   LINK   GROUPS
      ibp24s0     0000:18:00.0   0 -> 8   -     ib     resibp24s0 0-7 by policy-ibp24s0
      ibp64s0     0000:40:00.0   0 -> 8   -     ib     resibp64s0 0-7 by policy-ibp64s0

      RESOURCE                VFS
      nvidia.com/resibp24s0   8
      nvidia.com/resibp64s0   8

      left alone: ibp79s0, ibp94s0, ibp154s0, ibp192s0, ibp206s0, ibp220s0, ibp41s0f0, ibs14f0, ibs14f1, ibs14f2, ibs14f3

      not known: the resource prefix; no workload with RESOURCE_PREFIX was read: nvidia.com is taken, as NVIDIA's network operator sets it
        nicwright sriov render --resource-prefix PREFIX ..."
    `);
  });

  test('a file is laid over what the dump holds, and the webhook completes only when it is asked to', async () => {
    const from = snapshotOf([aNode('n1'), aNodeState('n1'), aPolicy('p', { numVfs: 4 })]);
    const files = { 'p.yaml': fileOf([aPolicy('p', { linkType: 'ib', priority: undefined })]) };
    const groups = async (options: OptionValues): Promise<unknown> => {
      const { data } = await outcome(sriovRender, { files, from, options });
      return JSON.parse(JSON.stringify(data)).nodes[0].spec.interfaces[0];
    };
    expect(await groups({})).toMatchObject({ numVfs: 8, vfGroups: [{ vfRange: '0-7', policyName: 'p' }] });
    expect(await groups({})).not.toHaveProperty('vfGroups.0.isRdma');
    expect(await groups({ webhook: true })).toHaveProperty('vfGroups.0.isRdma', true);
  });

  test('what cannot be rendered is said with its reason, and exits 1', async () => {
    const objects = [
      aNodeState('n1'),
      aNodeState('n2', []),
      aPolicy('p', { nicSelector: { pfNames: ['ens1f0np0#x-y'] } }),
    ];
    const { exit, text } = await outcome(sriovRender, { files: { 'all.yaml': fileOf(objects) } });
    expect(exit).toBe(1);
    expect(text(plainPaint)).toMatch(/n1 +not rendered: the VF range of "ens1f0np0#x-y"/);
    expect(text(plainPaint)).toMatch(/n2 +not rendered: its config daemon has reported no PF/);
  });

  test('nodes without the config daemon, policies without effect and the prefix of the operator', async () => {
    const operator: KubeObject = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'sriov-network-operator' },
      spec: { template: { spec: { containers: [{ env: [{ name: 'RESOURCE_PREFIX', value: 'openshift.io' }] }] } } },
    };
    const from = snapshotOf([
      aNode('n1', { sriov: 'yes' }),
      aNode('n2'),
      aNodeState('n1'),
      aNodeState('n2'),
      anOperatorConfig({ configDaemonNodeSelector: { sriov: 'yes' } }),
      operator,
      aPolicy('p'),
      { ...aPolicy('far'), metadata: { name: 'far', namespace: 'elsewhere' } },
    ]);
    const text = textOf(await outcome(sriovRender, { from }));
    expect(text).toContain('openshift.io/p');
    expect(text).toContain('without config daemon, so without SR-IOV: n2');
    expect(text).toContain('without effect: policy far: it is in namespace elsewhere');
    expect(text).not.toContain('not known');
  });

  test.for([
    ['no policy', [aNodeState('n1')], 'input-no-policies'],
    ['no node', [aPolicy('p')], 'input-no-nodes'],
  ] as const)('%s in the input is a fault with a way out', async ([, objects, code]) => {
    const result = await run(sriovRender, { files: { 'all.yaml': fileOf(objects) } });
    expect(result).toMatchObject({ ok: false, fault: { code, message: expect.stringContaining('give') } });
  });
});

describe('sriov check', () => {
  const from = snapshotOf(
    ['dgx030', 'dgx031'].flatMap((name) => [aNode(name, { 'nvidia.com/gpu.present': 'true' }), dgx(name)]),
  );

  test('000-45 a policy by vendor alone is told which BlueField and mezzanine PFs it takes, with file and line', async () => {
    const yaml = [
      'apiVersion: sriovnetwork.openshift.io/v1',
      'kind: SriovNetworkNodePolicy',
      'metadata: {name: all, namespace: network-operator}',
      'spec:',
      '  resourceName: all',
      '  nodeSelector: {}',
      '  nicSelector:',
      '    vendor: "15b3"',
      '  numVfs: 16',
    ].join('\n');
    const { exit, text } = await outcome(sriovCheck, { files: { 'policies.yaml': yaml }, from });
    expect(exit).toBe(1);
    expect(text(plainPaint)).toMatch(/^policies\.yaml:7: warning: .* it takes ibp41s0f0 \(0000:29:00\.0\): BlueField/m);
    expect(text(plainPaint)).toMatch(
      /^policies\.yaml:7: warning: .* it takes ibs14f0 .*, ibs14f3 \(0000:05:00\.3\): internal mezzanine/m,
    );
    // 000-41
    expect(text(plainPaint)).toMatch(/^policies\.yaml:4: warning: .* spec\.priority is missing/m);
  });

  test('000-46 an interface name that a node lacks: selects nothing there', async () => {
    const files = { 'p.yaml': fileOf([aPolicy('p', { nicSelector: { pfNames: ['ibp1s0'] } })]) };
    const { data } = await outcome(sriovCheck, { files, from });
    expect(data).toMatchObject({ findings: [{ trap: 'no-interface', nodes: ['dgx030', 'dgx031'] }] });
  });

  test('000-48 numVfs below NUM_OF_VFS is announced as a change of firmware that restarts nodes; 16 is quiet', async () => {
    const text = textOf(await outcome(sriovCheck, { files: { 'p.yaml': fileOf(policies) }, from }));
    expect(text).toContain('the operator will write NUM_OF_VFS=8 and need a restart of 2 nodes; keep 16 to avoid it');
    const kept = fileOf(policies.map((policy) => ({ ...policy, spec: { ...(policy['spec'] as object), numVfs: 16 } })));
    const quiet = await outcome(sriovCheck, { files: { 'p.yaml': kept }, from });
    expect(quiet.exit).toBe(0);
    expect(textOf(quiet)).toBe('nothing found; 8 policies, 2 nodes');
  });

  test('the same sentence about eight policies takes one place on the screen', async () => {
    const text = textOf(await outcome(sriovCheck, { files: { 'p.yaml': fileOf(policies) }, from }));
    expect(text.match(/need a restart of 2 nodes/g)).toHaveLength(1);
    expect(text).toMatch(/also: p\.yaml:\d+(,\d+){6}\n/);
  });

  test('what was not looked at is said, and --strict makes it count', async () => {
    const files = { 'p.yaml': fileOf([aPolicy('p')]) };
    const open = await outcome(sriovCheck, { files });
    expect([open.exit, textOf(open)]).toEqual([
      0,
      'nothing found; 1 policy, 0 nodes\nnot checked: the nodes; the input holds no Node and no SriovNetworkNodeState\n    kubectl get nodes,sriovnetworknodestates -A -o yaml',
    ]);
    expect((await outcome(sriovCheck, { files, options: { strict: true } })).exit).toBe(4);
  });

  test('a document that is no object is one sentence with file and line', async () => {
    const result = await run(sriovCheck, { files: { 'odd.yaml': `${fileOf([aPolicy('p')])}\n---\njust words\n` } });
    expect(result).toMatchObject({ ok: false, fault: { code: 'input-no-object' } });
    expect(result.ok ? '' : result.fault.message).toMatch(/^odd\.yaml:\d+: this is no Kubernetes object/);
  });

  test('nothing to check is a fault with a way out', async () => {
    const result = await run(sriovCheck, { files: { 'n.yaml': fileOf([aNodeState('n1')]) } });
    expect(result).toMatchObject({ ok: false, fault: { code: 'input-nothing-to-check' } });
  });
});
