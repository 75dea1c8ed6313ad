/** Pasted outputs are told from the sentences around them, and from each other. */
import { expect, test } from 'vitest';
import { hasFences, writtenParts } from './written-parts.ts';

const POD = ['apiVersion: v1', 'kind: Pod', 'metadata:', '  name: a'];

test('a fence below a heading that names a file: a log of that pod, with its line', () => {
  const text = ['Hello,', '', '### sriov-network-config-daemon-7q4kd.log', '```', 'I am a line', '```', 'Bye'].join(
    '\n',
  );
  expect(hasFences(text)).toBe(true);
  expect(writtenParts(text)).toEqual([
    { kind: 'text', text: 'Hello,\n\n### sriov-network-config-daemon-7q4kd.log', line: 1 },
    { kind: 'log', text: 'I am a line', line: 5, log: { pod: 'sriov-network-config-daemon-7q4kd' } },
    { kind: 'text', text: 'Bye', line: 7 },
  ]);
});

test.for([
  ['kubectl logs -n dpf dms-1 -c dms -p', { pod: 'dms-1', namespace: 'dpf', container: 'dms', previous: true }],
  ['oc logs pod/mofed-x --namespace=nvidia --tail 100', { pod: 'mofed-x', namespace: 'nvidia' }],
  ['kubectl -n a logs b c', { pod: 'b', namespace: 'a', container: 'c' }],
  ['kubectl logs deployment/operator', undefined],
  ['kubectl logs -l app=operator', undefined],
] as const)('%s', ([command, log]) => {
  const [, part] = writtenParts([`$ ${command}`, '```', 'W0101 10:00:00 what it said', '```'].join('\n'));
  expect(part).toEqual({
    kind: 'log',
    text: 'W0101 10:00:00 what it said',
    line: 3,
    ...(log !== undefined && { log }),
  });
});

test('objects end where the next command or sentence begins, and stand as they are read', () => {
  const text = [
    '$ kubectl get pod a -o yaml',
    ...POD,
    '$ uname -r',
    '6.8.0',
    '  kind: Pod',
    '  metadata:',
    '    name: b',
  ];
  expect(writtenParts(text.join('\n'))).toEqual([
    { kind: 'text', text: '$ kubectl get pod a -o yaml', line: 1 },
    { kind: 'objects', text: POD.join('\n'), line: 2 },
    { kind: 'text', text: '$ uname -r\n6.8.0', line: 6 },
    { kind: 'objects', text: 'kind: Pod\nmetadata:\n  name: b', line: 8 },
  ]);
  expect(writtenParts(['We see', '{', '  "kind": "List"', '}', 'there.'].join('\n')).map(({ kind }) => kind)).toEqual([
    'text',
    'objects',
    'text',
  ]);
});

test('a heading that names a host stays with the output below it', () => {
  expect(writtenParts(['worker1:', '```', 'lspci says nothing', '```'].join('\n'))[1]).toEqual({
    kind: 'text',
    text: 'worker1:\n\nlspci says nothing',
    line: 1,
  });
});

test('a text without any sign is one part', () => {
  expect(writtenParts('one\ntwo')).toEqual([{ kind: 'text', text: 'one\ntwo', line: 1 }]);
  expect(hasFences('one\ntwo')).toBe(false);
});
