/** inspect says what is there, what is not, and never that what is not there is fine. */
import { describe, expect, test } from 'vitest';
import { emptySnapshot, type Snapshot } from '../../../core/snapshot/snapshot.ts';
import { fakeCommandContext } from '../../../testing/fake-command-context.ts';
import { plainPaint } from '../paint.ts';
import inspect from './inspect.ts';

const node = (name: string) => ({
  object: { apiVersion: 'v1', kind: 'Node', metadata: { name } },
  origin: { source: 'dump/nodes.json' },
});

const SNAPSHOT: Snapshot = {
  ...emptySnapshot,
  objects: [node('w1'), node('w2')],
  texts: [
    { kind: 'log', namespace: 'n', pod: 'p', container: 'c', previous: true, text: 'x', origin: { source: 'a.log' } },
    { kind: 'host', node: 'w1', text: 'NUM_OF_VFS 8 8 8', origin: { source: 'w1.txt' } },
  ],
  listed: new Set(['DaemonSet.apps', 'other/Pod']),
  gaps: [{ what: 'dump/broken.yaml', because: 'the file is cut off' }],
  sources: ['dump'],
  dumps: [
    {
      root: 'dump',
      layout: 'cluster-info',
      name: '`kubectl cluster-info dump`',
      files: 3,
      takenAt: '2026-03-02T09:15:44Z',
      lacks: [
        { what: 'PodDisruptionBudgets', settle: 'kubectl get pdb -A -o yaml', shownBy: ['PodDisruptionBudget'] },
        { what: 'anything of the cluster', settle: 'kubectl get nodes', shownBy: ['Node'] },
        { what: 'firmware settings (current and next boot)', settle: 'mstconfig' },
      ],
    },
  ],
};

const run = async (snapshot: Snapshot, options = {}) => {
  const outcome = await inspect.run(fakeCommandContext({ snapshot }), ['dump'], options);
  if (!outcome.ok) throw new Error(outcome.fault.message);
  return outcome.value;
};

describe('inspect', () => {
  test('names the layout, the time, what is held, and what its collector never writes', async () => {
    const text = (await run(SNAPSHOT)).text(plainPaint);
    expect(text).toContain('`kubectl cluster-info dump`, 3 files, taken 2026-03-02T09:15:44Z');
    expect(text).toMatch(/Node +2\n/);
    expect(text).toMatch(/logs +1 +of 1 pod, 1 of previous runs/);
    expect(text).toMatch(/texts of hosts +1 +of w1/);
    expect(text).toMatch(/DaemonSet\.apps +0 +listed and found empty/);
    expect(text).toContain('PodDisruptionBudgets: its collector does not write it\n      kubectl get pdb -A -o yaml');
    expect(text).toContain('dump/broken.yaml: the file is cut off');
    expect(text).toContain('Next: nicwright diagnose --from dump');
  });

  test('does not ask for what is there all the same, nor counts one namespace as all', async () => {
    const { data, text } = await run(SNAPSHOT);
    expect(text(plainPaint)).not.toMatch(/anything of the cluster|firmware settings/);
    expect(data).toMatchObject({ foundEmpty: ['DaemonSet.apps'] });
  });

  test('asks for every source that a rule needs, with the command', async () => {
    const { data } = await run({ ...SNAPSHOT, texts: [] });
    const { missing, rules } = data as {
      missing: { what: string; settle: string; rules: string[] }[];
      rules: { able: string[] };
    };
    expect(missing.find(({ what }) => what === 'firmware settings')?.rules).toContain('cold-restart-pending');
    expect(rules.able).not.toContain('cold-restart-pending');
    for (const { settle } of missing) expect(settle).not.toBe('');
  });

  test('names pasted tables as what they are', async () => {
    const pasted = '$ kubectl get pods -n x\nNAME   READY   STATUS\np      1/1     Running\n';
    const { text } = await run({ ...SNAPSHOT, texts: [{ kind: 'host', text: pasted, origin: { source: 'a.txt' } }] });
    expect(text(plainPaint)).toMatch(/pasted tables +1 +weak evidence: kubectl get pods -n x/);
  });

  test('without a path is refused', async () => {
    const outcome = await inspect.run(fakeCommandContext({ snapshot: SNAPSHOT }), [], {});
    expect(outcome.ok ? '' : outcome.fault.code).toBe('usage');
  });
});
