/** collect says each command, and can print them all without running one. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { readingApi } from '../../../app/collect/reading-api.ts';
import { DAEMON_SETS, NODES, PODS } from '../../../core/model/kube-resource.ts';
import { emptySnapshot } from '../../../core/snapshot/snapshot.ts';
import { fakeCommandContext } from '../../../testing/fake-command-context.ts';
import { scriptedKubeApi } from '../../../testing/scripted-kube-api.ts';
import { plainPaint } from '../paint.ts';
import collect from './collect.ts';

describe('collect', () => {
  test('announces, and tells what could not be collected', async () => {
    const gap = { what: 'the log of x', because: 'may not be read', settle: 'kubectl logs x' };
    const context = fakeCommandContext({ snapshot: { ...emptySnapshot, gaps: [gap] } });
    const outcome = await collect.run(context, ['dump'], {});
    if (!outcome.ok) throw new Error(outcome.fault.message);
    expect(context.warnings).toEqual(['$ kubectl get nodes -o json']);
    const text = outcome.value.text(plainPaint);
    expect(text).toContain('Wrote 3 files to dump');
    expect(text).toContain('the log of x: may not be read; ask with: kubectl logs x');
    expect(text).toContain('nicwright diagnose --from dump');
  });

  test('--print-commands asks no cluster, and its script is one that a shell takes and that only reads', async () => {
    const outcome = await collect.run(fakeCommandContext({}), ['my dump'], { printCommands: true });
    if (!outcome.ok) throw new Error(outcome.fault.message);
    const script = outcome.value.text(plainPaint);
    expect(spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    const verbs = new Set(Array.from(script.matchAll(/\bkubectl (\S+)/g), ([, verb]) => verb));
    expect(verbs).toEqual(new Set(['get', 'logs', 'exec']));
    expect(script).not.toMatch(/kubectl get secrets/);
    expect(script).toContain("cd 'my dump'");
  });

  test('refuses a folder name that would end the quotes of the script', async () => {
    const outcome = await collect.run(fakeCommandContext({}), ["x'; rm -rf ~; '"], { printCommands: true });
    expect(outcome.ok ? '' : outcome.fault.code).toBe('usage');
  });
});

describe('a cluster that is only read', () => {
  const answer = { ok: true, value: { items: [], resourceVersion: '1' } } as const;
  const said: string[] = [];
  const api = readingApi(
    scriptedKubeApi({
      list: () => Promise.resolve(answer),
      logs: () => Promise.resolve({ ok: true, value: '' }),
      exec: () => Promise.resolve({ ok: true, value: { stdout: '', stderr: '', exitCode: 0, truncated: false } }),
    }),
    (line) => said.push(line),
  );

  test('says what a person would type, once a list, with what a shell needs quoted', async () => {
    await api.list(NODES);
    await api.list(DAEMON_SETS, { labelSelector: 'app in (a,b)' });
    await api.list(PODS, { namespace: 'n', limit: 500, continue: 'more' });
    await api.logs({ namespace: 'n', name: 'p' }, { container: 'c', previous: true, tailLines: 10 });
    await api.exec({ namespace: 'n', name: 'p' }, ['cat', "a'b"], { container: 'c', timeoutMs: 1, maxBytes: 1 });
    expect(said).toEqual([
      'kubectl get nodes -o json',
      "kubectl get daemonsets.apps -A -l 'app in (a,b)' -o json",
      'kubectl logs -n n p -c c --previous --tail=10',
      String.raw`kubectl exec -n n p -c c -- cat 'a'\''b'`,
    ]);
  });

  test('throws when it is asked to write', () => {
    expect(() => api.delete(PODS, { namespace: 'n', name: 'p' })).toThrow('only reads');
  });
});
