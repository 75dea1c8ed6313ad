import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { withDescribed } from './described-objects.ts';

const TEXT = `$ kubectl describe bfbs.provisioning.dpu.nvidia.com -A
Name:         bf-bundle
Namespace:    dpf-operator-system
Labels:       <none>
Annotations:  <none>
API Version:  provisioning.dpu.nvidia.com/v1alpha1
Kind:         BFB
Metadata:
  Creation Timestamp:  2024-12-09T15:28:46Z
  Generation:          1
Spec:
  File Name:  bf.bfb
  URL:        http://files.example.net/bf.bfb
Status:
  Phase:  Error
Events:
  Type     Reason          Age   From            Message
  ----     ------          ----  ----            -------
  Warning  FailedDownload  3m    bfb-controller  Download BFB: (dpf-operator-system/bf-bundle) failed with error :failed to get: http://files.example.net/bf.bfb status: 404
$ kubectl describe dpu worker1-0000-08-00 -n dpf-operator-system
Name:         worker1-0000-08-00
Namespace:    dpf-operator-system
API Version:  provisioning.dpu.nvidia.com/v1alpha1
Kind:         DPU
Spec:
  Bfb:          bf-bundle
  Dpu Flavor:   flavor
  Node Effect:
    Taint:
      Effect:  NoSchedule
      Key:     dpu
  Node Name:  worker1
Status:
  Conditions:
    Last Transition Time:  2024-12-05T09:10:00Z
    Message:               
    Reason:                Initialized
    Status:                True
    Type:                  Initialized
    Last Transition Time:  2024-12-05T09:12:00Z
    Message:               rpc error: code = Unavailable
    Reason:                InstallationFailed
    Status:                False
    Type:                  OSInstalled
  Phase:  Error
Events:  <none>
`;

const snapshotOf = (text: string, objects: Snapshot['objects'] = []): Snapshot => ({
  objects,
  texts: [{ kind: 'host', text, origin: { source: 'session.txt' } }],
  gaps: [],
  listed: new Set(),
  sources: ['session.txt'],
});

describe('described resources', () => {
  const { objects } = withDescribed(snapshotOf(TEXT));
  const [bfb, event, dpu] = objects;

  test('are objects again, with their fields by name', () => {
    expect(objects.map(({ object: { kind } }) => kind)).toEqual(['BFB', 'Event', 'DPU']);
    expect(bfb?.object).toMatchObject({
      apiVersion: 'provisioning.dpu.nvidia.com/v1alpha1',
      metadata: { name: 'bf-bundle', namespace: 'dpf-operator-system', creationTimestamp: '2024-12-09T15:28:46Z' },
      spec: { url: 'http://files.example.net/bf.bfb', fileName: 'bf.bfb' },
      status: { phase: 'Error' },
    });
    expect(dpu?.object).toMatchObject({
      spec: { dpuFlavor: 'flavor', nodeName: 'worker1', nodeEffect: { taint: { key: 'dpu' } } },
      status: { phase: 'Error' },
    });
  });

  test('have their conditions as a list, and the line of each', () => {
    expect(dpu?.object['status']).toMatchObject({
      conditions: [
        { type: 'Initialized', status: 'True' },
        {
          type: 'OSInstalled',
          status: 'False',
          reason: 'InstallationFailed',
          message: 'rpc error: code = Unavailable',
        },
      ],
    });
    const line = dpu?.lineOf?.(['status', 'conditions', 1, 'reason']) ?? 0;
    expect(TEXT.split('\n')[line - 1]).toContain('InstallationFailed');
  });

  test('bring their events', () => {
    expect(event?.object).toMatchObject({
      reason: 'FailedDownload',
      type: 'Warning',
      involvedObject: { kind: 'BFB', name: 'bf-bundle', namespace: 'dpf-operator-system' },
    });
    expect(TEXT.split('\n')[(event?.origin.line ?? 0) - 1]).toContain('status: 404');
  });

  test('count for less than the object itself', () => {
    const own = {
      object: { apiVersion: 'v1', kind: 'BFB', metadata: { name: 'bf-bundle' } },
      origin: { source: 'bfb.yaml' },
    };
    expect(withDescribed(snapshotOf(TEXT, [own])).objects.filter(({ object: { kind } }) => kind === 'BFB')).toEqual([
      own,
    ]);
  });

  test.each([
    '',
    'Name: x\nKind: \nAPI Version: \n',
    'API Version: v1\nKind: Pod\n',
    'Name: x\n  : :\nAPI Version: a\nKind: b\nStatus:\n      deep\n  Shallow: 1\n',
  ])('of strange text are none, or few, and never an exception: %j', (text) => {
    expect(() => withDescribed(snapshotOf(text))).not.toThrow();
  });

  test('of a hostile text end in time: many lines, and deep ones', () => {
    const head = 'Name: x\nAPI Version: a/v1\nKind: B\nStatus:\n';
    const deep = Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth + 2)}K${depth}:`).join('\n');
    const wide = Array.from({ length: 100_000 }, (_, index) => `  K${index}: v`).join('\n');
    for (const text of [head + deep, head + wide]) expect(withDescribed(snapshotOf(text)).objects).toHaveLength(1);
  });
});
