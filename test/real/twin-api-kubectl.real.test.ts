/**
 * Stock kubectl, of two versions, on the twin's API and on a real kube-apiserver side by side: what it prints, how it ends,
 * and which of its requests were refused are the same. The real one has no controllers, so the twin's world has none either.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, type Ran, startCluster } from './cluster.ts';
import { realPart } from './real-parts.ts';
import { KUBECTL_STEPS, type KubectlStep } from './twin-api/kubectl-steps.ts';
import { runKubectl, type TwinOnTheNetwork, twinOnTheNetwork } from './twin-api/served-twin.ts';

const parts = realPart('realparts');
const older = realPart('kubectl-1.32');

/** What differs between any two runs: identities, times, ages, versions and addresses. */
const without = (text: string): string =>
  text
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, 'TIME')
    .replaceAll(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, 'TIME')
    .replaceAll(/(resourceVersion"?: "?|Resource Version: +)\d+/g, '$1N')
    .replaceAll(/(?<=\s)\d+s\b/g, 'AGE')
    .replaceAll(/ +/g, ' ')
    .replaceAll(/ $/gm, '');

/** `404 GET /api/v1/nodes/none`. */
const refusal = (code: number, method: string, url: string): string =>
  `${code} ${method} ${url.replaceAll(/resourceVersion=\d+/g, 'resourceVersion=N')}`;

const METHODS: Readonly<Record<string, string>> = {
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
};

/** Every request of kubectl that the real server refused, from its audit log. */
const refusedByServer = (log: string): readonly string[] =>
  readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(
      ({ userAgent = '', responseStatus }) => userAgent.startsWith('kubectl') && (responseStatus?.code ?? 0) >= 400,
    )
    .map(({ verb, requestURI, responseStatus }) =>
      refusal(responseStatus?.code ?? 0, METHODS[verb] ?? 'GET', requestURI),
    )
    .toSorted();

interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly userAgent?: string;
  readonly responseStatus?: { readonly code?: number };
}

describe.skipIf(parts.absent || older.absent)(
  parts.title(older.title('kubectl on the twin and on kube-apiserver')),
  () => {
    describe.each(['kubectl', 'kubectl-1.32'])('%s', (program) => {
      let cluster: Cluster;
      let twin: TwinOnTheNetwork;
      let audit: string;
      beforeAll(async () => {
        twin = await twinOnTheNetwork();
        audit = path.join(twin.folder, 'audit.log');
        const policy = path.join(twin.folder, 'policy.json');
        writeFileSync(
          policy,
          JSON.stringify({
            apiVersion: 'audit.k8s.io/v1',
            kind: 'Policy',
            omitStages: ['RequestReceived'],
            rules: [{ level: 'Metadata' }],
          }),
        );
        cluster = await startCluster({
          apiServerFlags: [`--audit-policy-file=${policy}`, `--audit-log-path=${audit}`],
        });
      });
      afterAll(async () => {
        await twin?.stop();
        await cluster?.stop();
      });

      const both = async ({ args, stdin }: KubectlStep): Promise<readonly [Ran, Ran]> => {
        const on = (kubeconfig: string, home: string): Promise<Ran> =>
          runKubectl(['--namespace=work', ...args], {
            program,
            kubeconfig,
            home: path.join(twin.folder, home),
            ...(stdin !== undefined && { stdin }),
          });
        return Promise.all([on(cluster.kubeconfig, 'real'), on(twin.kubeconfig, 'twin')]);
      };

      test('prints the same, ends the same, and is refused the same', { timeout: 400_000 }, async () => {
        for (const step of KUBECTL_STEPS) {
          const [real, ours] = await both(step);
          const name = `kubectl ${step.args.join(' ')}`;
          if (step.unlike === undefined)
            expect
              .soft({ name, out: without(ours.stdout), err: without(ours.stderr), code: ours.code })
              .toEqual({ name, out: without(real.stdout), err: without(real.stderr), code: real.code });
          else expect.soft({ name, code: ours.code }).toEqual({ name, code: real.code });
        }
        const refused = twin.requests
          .filter(({ code }) => code >= 400)
          .map(({ code, method, url }) => refusal(code, method, url))
          .toSorted();
        expect(refused).toEqual(refusedByServer(audit));
        expect(twin.bugs).toEqual([]);
      });
    });
  },
);
