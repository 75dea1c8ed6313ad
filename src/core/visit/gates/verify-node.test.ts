/** The four checks of a finished firmware change from little input, and the gates one by one. */
import { describe, expect, test } from 'vitest';
import { emptySnapshot, type Snapshot } from '../../snapshot/snapshot.ts';
import { firmwareGates } from './firmware-gate.ts';
import { leftWithGates, nodeStateGates, resourceGates, vfGates } from './node-gates.ts';
import { verifyNode } from './verify-node.ts';

const ORIGIN = { source: 'describe.txt' };

const pasted = (text: string): Snapshot => ({ ...emptySnapshot, texts: [{ kind: 'host', text, origin: ORIGIN }] });

const ALLOCATABLE = `Allocatable:
  cpu:                     224
  nvidia.com/gpu:          8
  nvidia.com/resibp154s0:  8
  nvidia.com/resibp24s0:   8
Events:  <none>
`;

const verdicts = (snapshot: Snapshot, node: string): Readonly<Record<string, readonly string[]>> => {
  const verified = verifyNode(snapshot, node);
  if (!verified.ok) return { refused: [verified.fault.message] };
  return Object.fromEntries(
    [...Map.groupBy(verified.value.gates, ({ gate }) => gate)].map(([gate, own]) => [
      gate,
      own.map(({ verdict }) => verdict),
    ]),
  );
};

test('the Allocatable part of kubectl describe proves check 4 and nothing else (000-80)', () => {
  expect(verdicts(pasted(ALLOCATABLE), 'dgx031')).toEqual({
    firmware: ['unknown'],
    vfs: ['unknown'],
    'node-state': ['unknown'],
    resources: ['pass', 'pass', 'pass'],
  });
});

test('a description of another node says nothing of this one', () => {
  expect(verdicts(pasted(`Name:   dgx030\n${ALLOCATABLE}`), 'dgx031')).toMatchObject({
    refused: [expect.stringContaining('no node dgx031')],
  });
});

test('a pool that lost its devices fails', () => {
  expect(verdicts(pasted('Allocatable:\n  nvidia.com/res: 0\n'), 'a')).toMatchObject({ resources: ['fail'] });
});

const state = (more: object = {}) => ({
  node: 'a',
  syncStatus: 'Succeeded',
  currentState: 'Idle',
  wanted: [{ pci: '0000:18:00.0', name: 'ib0', numVfs: 8, externallyManaged: false, groups: [], origin: ORIGIN }],
  seen: [{ pci: '0000:18:00.0', altNames: [], numVfs: 8, vfs: [], origin: ORIGIN }],
  origin: ORIGIN,
  ...more,
});

const words = (gates: readonly { readonly verdict: string; readonly because: string }[]): readonly string[] =>
  gates.map(({ verdict, because }) => `${verdict}: ${because}`);

describe('gates', () => {
  test('firmware: one card of two is not enough (000-58)', () => {
    const cards = ['0000:18:00.0', '0000:40:00.0'].map((pci) => ({ pci, values: { NUM_OF_VFS: '8' } }));
    const gates = firmwareGates(cards, [
      { pci: '0000:18:00.0', settings: [{ name: 'NUM_OF_VFS', current: '8', next: '8' }] },
    ]);
    expect(gates.map(({ verdict }) => verdict)).toEqual(['pass', 'unknown']);
  });

  test('an old Succeeded beside a new spec fails (000-78)', () => {
    expect(words(nodeStateGates(state()))).toEqual(['pass: Succeeded, and status is as the spec wants it']);
    expect(words(nodeStateGates(state({ seen: [] })))[0]).toContain('the word is old');
    expect(words(nodeStateGates(state({ syncStatus: 'InProgress' })))[0]).toContain('InProgress');
    expect(words(nodeStateGates(state({ currentState: 'DrainComplete' })))[0]).toContain('not given back');
  });

  test('missing file, 0 and too few VFs give different sentences (000-59)', () => {
    const said = (numVfs: number | 'absent') => words(vfGates(state(), [{ pci: '0000:18:00.0', numVfs }]))[0];
    expect(new Set([said('absent'), said(0), said(5), said(8)]).size).toBe(4);
    expect(words(vfGates(state(), undefined))[0]).toContain('unknown');
  });

  test('absent, 0 and too few resources too (000-79)', () => {
    const said = (amounts: Readonly<Record<string, string>>) => words(resourceGates(new Map([['r', 8]]), amounts))[0];
    expect([said({}), said({ r: '0' }), said({ r: '5' }), said({ r: '8' })]).toEqual([
      'fail: not offered at all, 8 wanted: its pool was never registered',
      'fail: 0 of 8 allocatable: its pool lost its devices',
      'fail: 5 of 8 allocatable',
      'pass: 8 allocatable',
    ]);
  });

  test('a loss is told, a gain is none', () => {
    const left = { resources: { 'nvidia.com/gpu': '8' }, functions: ['0000:05:00.0'] };
    expect(words(leftWithGates(left, { 'nvidia.com/gpu': '7' }, [{ pci: '0000:05:00.0', numVfs: 'absent' }]))).toEqual([
      'fail: it left with 8 and came back with 7',
      'fail: the function 0000:05:00.0 was there before and is gone',
    ]);
    expect(
      leftWithGates(left, { 'nvidia.com/gpu': '9' }, [{ pci: '0000:05:00.0', numVfs: 0 }]).map(
        ({ verdict }) => verdict,
      ),
    ).toEqual(['pass', 'pass']);
  });
});

describe('pods that wait (000-81)', () => {
  const object = (kind: string, name: string, rest: object): Snapshot['objects'][number] => ({
    object: { apiVersion: 'v1', kind, metadata: { name, namespace: 'ml' }, ...rest },
    origin: ORIGIN,
  });
  const node = object('Node', 'a', { status: { allocatable: { cpu: '8', pods: '10', 'nvidia.com/res': '2' } } });
  const nodeState = {
    object: {
      apiVersion: 'sriovnetwork.openshift.io/v1',
      kind: 'SriovNetworkNodeState',
      metadata: { name: 'a', namespace: 'ops' },
      spec: {
        interfaces: [
          {
            pciAddress: '0000:18:00.0',
            numVfs: 2,
            vfGroups: [{ resourceName: 'res', policyName: 'p', vfRange: '0-1', deviceType: 'netdevice' }],
          },
        ],
      },
    },
    origin: ORIGIN,
  };
  const waiting = (name: string) =>
    object('Pod', name, {
      spec: { containers: [{ name: 'c', resources: { requests: { 'nvidia.com/res': '1' } } }] },
      status: { phase: 'Pending' },
    });
  const fits = (...pods: readonly Snapshot['objects'][number][]) => {
    const verified = verifyNode({ ...emptySnapshot, objects: [node, nodeState, ...pods] }, 'a');
    if (!verified.ok) throw new Error(verified.fault.message);
    return verified.value.gates.filter(({ gate }) => gate === 'fits').map(({ on, verdict }) => `${on} ${verdict}`);
  };

  test('each takes its share from the next', () => {
    expect(fits(waiting('x'), waiting('y'), waiting('z'))).toEqual(['ml/x pass', 'ml/y pass', 'ml/z fail']);
  });

  test('an input without pods does not tell', () => {
    expect(fits()).toEqual(['a unknown']);
  });
});
