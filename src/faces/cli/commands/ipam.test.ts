import { describe, expect, test } from 'vitest';
import { readPositioned } from '../../../adapters/dump/read-positioned.ts';
import { documentObjects } from '../../../core/snapshot/document-objects.ts';
import { emptySnapshot } from '../../../core/snapshot/snapshot.ts';
import { fakeCommandContext } from '../../../testing/fake-command-context.ts';
import type { Command, OptionValues } from '../command.ts';
import { EXIT, exitOf } from '../exit-code.ts';
import { plainPaint } from '../paint.ts';
import allocate from './ipam-allocate.ts';
import capacity from './ipam-capacity.ts';
import check from './ipam-check.ts';
import preview from './ipam-preview.ts';

const documents = (source: string, text: string) => {
  const read = readPositioned(text, source);
  if (!read.ok) throw new Error(read.fault.message);
  return read.value;
};

const POOL = (more: string, status = '') => `apiVersion: nv-ipam.nvidia.com/v1alpha1
kind: IPPool
metadata: {name: rail-1, namespace: network-operator}
spec:
  subnet: 192.168.1.0/24
${more}
${status}`;

const STATUS = `status:
  allocations:
  - {nodeName: dgx001, startIP: 192.168.1.1, endIP: 192.168.1.8}
`;

const FILES = {
  'pool.yaml': documents('pool.yaml', POOL('  perNodeBlockSize: 8')),
  'now.yaml': documents('now.yaml', POOL('  perNodeBlockSize: 8', STATUS)),
  'wide.yaml': documents('wide.yaml', POOL('  perNodeBlockSize: 16')),
  'bad.yaml': documents('bad.yaml', POOL('  perNodeBlockSize: 8\n  gateway: 10.0.0.1')),
  'other.yaml': documents('other.yaml', 'apiVersion: v1\nkind: Node\nmetadata: {name: dgx001}\n'),
};

const run = async (command: Command, options: OptionValues, args: readonly string[] = []) => {
  const snapshot = { ...emptySnapshot, objects: documentObjects(FILES['now.yaml']).objects };
  const context = fakeCommandContext({ documents: FILES, snapshot });
  const answer = await command.run(context, args, options);
  return answer.ok
    ? {
        exit: answer.value.exit,
        text: answer.value.text(plainPaint),
        data: answer.value.data,
        warnings: context.warnings,
      }
    : { exit: exitOf(answer.fault), text: answer.fault.message, data: undefined, warnings: context.warnings };
};

test('allocate cuts a new pool for nodes given by name, and says who gets none', async () => {
  const { exit, text } = await run(allocate, { file: ['pool.yaml'], nodes: 'dgx[001-032]' });
  expect(exit).toBe(EXIT.findings);
  expect(text.split('\n').slice(0, 3)).toEqual([
    'IPPool/rail-1: 31 of 32 nodes hold a share (31 new)',
    'NODE     ADDRESSES                     HOW',
    'dgx001   192.168.1.1-192.168.1.8       new',
  ]);
  expect(text).toContain('11 more with -v');
  expect(text).toContain('no share for dgx032: the pool is full (event NoFreeRanges)');
});

test('allocate needs nodes, and names that can be read', async () => {
  expect(await run(allocate, { file: ['pool.yaml'] })).toMatchObject({ exit: EXIT.usage });
  expect(await run(allocate, { file: ['pool.yaml'], nodes: 'dgx[9-1]' })).toMatchObject({ exit: EXIT.usage });
  expect(await run(allocate, { file: ['other.yaml'], nodes: 'a' })).toMatchObject({ exit: EXIT.unreadable });
  expect(await run(allocate, { file: ['pool.yaml'], nodes: 'a', ipamVersion: 'latest' })).toMatchObject({
    exit: EXIT.usage,
  });
});

test('000-91: capacity of a subnet, and the subnet for one node more', async () => {
  expect(await run(capacity, { block: '8', fleet: '32' }, ['192.168.1.0/24'])).toMatchObject({
    exit: EXIT.findings,
    text: '192.168.1.0/24 in blocks of 8: 31 nodes, 8 addresses each; 6 addresses left over\n32 nodes need /23',
    data: { nodes: 31, perNode: 8, leftOver: 6 },
  });
  expect(await run(capacity, { block: '8', fleet: '31' }, ['192.168.1.0/24'])).toMatchObject({ exit: EXIT.clean });
  expect(await run(capacity, { block: '8' }, ['192.168.1.0/33'])).toMatchObject({ exit: EXIT.usage });
  expect(await run(capacity, {}, ['192.168.1.0/24'])).toMatchObject({ exit: EXIT.usage });
  expect(await run(capacity, { block: '99999999999999999' }, ['192.168.1.0/24'])).toMatchObject({ exit: EXIT.usage });
});

describe('preview', () => {
  test('an edit that would clear all allocations is refused with that sentence, and the line', async () => {
    const { exit, text } = await run(preview, { file: ['bad.yaml'], from: ['dump'] });
    expect(exit).toBe(EXIT.refused);
    expect(text).toContain(
      'Refused: this edit would clear the one allocation of IPPool/rail-1: spec.gateway "10.0.0.1"',
    );
    expect(text).toContain('spec.gateway at bad.yaml:7');
  });

  test('who moves, and what the input could not tell', async () => {
    const { exit, text } = await run(preview, { file: ['wide.yaml'], old: 'now.yaml' });
    expect(exit).toBe(EXIT.findings);
    expect(text).toContain('dgx001   moves   192.168.1.1-192.168.1.8   192.168.1.1-192.168.1.16');
    expect(text).toContain('unknown  which pods hold addresses that would change hands: the input has no pods');
  });

  test('nothing moves, or there is nothing to compare with', async () => {
    expect(await run(preview, { file: ['pool.yaml'], old: 'now.yaml' })).toMatchObject({ exit: EXIT.clean });
    expect(await run(preview, { file: ['pool.yaml'], old: 'other.yaml' })).toMatchObject({ exit: EXIT.unreadable });
    expect(await run(preview, {})).toMatchObject({ exit: EXIT.usage });
  });
});

test('check names file and line of each invalid field', async () => {
  const { exit, text } = await run(check, { file: ['bad.yaml'] });
  expect(exit).toBe(EXIT.findings);
  expect(text).toContain('error    IPPool/rail-1 (bad.yaml:7)');
  expect((await run(check, { file: ['pool.yaml'] })).exit).toBe(EXIT.clean);
});
