import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { askedResources, emptyAnswer, pastedOutputs, pastedRows } from './pasted-table.ts';

const outputs = (text: string) => pastedOutputs({ kind: 'host', text, origin: { source: 'a.txt' } });

describe('pasted outputs', () => {
  test('are cut at prompts, and keep their lines', () => {
    const [pods, pdb] = outputs(
      '$ kubectl get pods -A\nNAMESPACE   NAME   READY\nx           a-1    1/1\n\n$ kubectl get pdb -A\nNo resources found\n',
    );
    expect(pods).toMatchObject({ command: 'kubectl get pods -A', number: 1 });
    expect(pastedRows(pods ?? { lines: [] })).toEqual([
      { text: 'x           a-1    1/1', number: 3, cells: { NAMESPACE: 'x', NAME: 'a-1', READY: '1/1' } },
    ]);
    expect(emptyAnswer(pdb ?? { lines: [] })).toEqual({ text: 'No resources found', number: 6 });
  });

  test('a table without a prompt is one output', () => {
    const [only] = outputs(
      'NAME   READY   STATUS             RESTARTS      AGE\na      0/1     CrashLoopBackOff   14 (3m ago)   2h\n',
    );
    expect(pastedRows(only ?? { lines: [] })[0]?.cells).toMatchObject({
      STATUS: 'CrashLoopBackOff',
      RESTARTS: '14 (3m ago)',
    });
  });

  test('an empty cell does not shift the others', () => {
    const [only] = outputs('NAME       STATUS   WORKER   NIC\ncp-0       Ready\nworker-0   Ready             true\n');
    expect(pastedRows(only ?? { lines: [] }).map(({ cells }) => cells['NIC'])).toEqual(['', 'true']);
  });

  test('the last of several commands on a line is what printed the table', () => {
    expect(outputs('# helm repo update && helm list -n x\nNAME\ty\n')[0]?.command).toBe('helm list -n x');
  });

  test.each([
    [
      'kubectl get sriovoperatorconfigs,sriovnetworknodestates -n x',
      ['sriovoperatorconfigs', 'sriovnetworknodestates'],
    ],
    ['kubectl -n x get nicclusterpolicies.mellanox.com', ['nicclusterpolicies']],
    ['oc get -o wide pod/a', ['pod']],
    ['kubectl describe pod a', []],
  ])('%s asks for %j', (command, resources) => {
    expect(askedResources(command)).toEqual(resources);
  });

  test('never throws, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('$', '#', ' ', '\t', '\n', 'N', 'A', 'kubectl get ', 'NAME  AGE') }),
        (text) => {
          for (const output of outputs(text)) pastedRows(output);
        },
      ),
    );
  });
});
