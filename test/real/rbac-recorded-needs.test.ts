/**
 * What the analysis says a script needs is what the real kubectl asks for: every shared script case that was measured,
 * and scripts of our own for commands that those do not use. The scripts run in bash against a recording API server.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readYaml } from '../../src/adapters/dump/read-yaml.ts';
import { dig, digList, digText, digTexts } from '../../src/core/model/dig.ts';
import type { AccessAttributes } from '../../src/core/ports/kube-api.ts';
import { isResourceRequest } from '../../src/core/rbac/access-request.ts';
import { ResourceTypes } from '../../src/core/rbac/resource-types.ts';
import { analyzeScript } from '../../src/core/rbac/script/analyze-script.ts';
import type { Need } from '../../src/core/rbac/script/recorder.ts';
import { standing } from '../../src/testing/cases/kinds/rbac-permissions.ts';
import { hasShared, SHARED } from '../shared-folder.ts';
import { realPart } from './real-parts.ts';
import { startRecordingServer } from './recording-api-server.ts';
import type { RecordingServer } from './recording-api-server.ts';
import { OWN_SCRIPTS } from './rbac-scripts.ts';

const kubectl = realPart('kubectl-1.32');
const types = new ResourceTypes();
const NAMESPACE = 'pod-namespace';

interface Measured {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly exists: boolean;
}

const sharedCases: readonly unknown[] = hasShared
  ? digList(readYaml(readFileSync(path.join(SHARED, 'cases/cases-rbac.yaml'), 'utf8'))[0], 'cases')
  : [];

const measuredCases: readonly Measured[] = sharedCases
  .filter((one) => typeof dig(one, 'sim', 'exists') === 'number' && typeof dig(one, 'given', 'script') === 'string')
  .map((one) => ({
    name: digText(one, 'name') ?? '',
    script: digText(one, 'given', 'script') ?? '',
    args: digList(one, 'given', 'args').map(String),
    env: digTexts(one, 'given', 'env'),
    exists: dig(one, 'sim', 'exists') === 1,
  }));

const own: readonly Measured[] = OWN_SCRIPTS.flatMap(({ script, args = [], env = {}, exists = [true, false] }) =>
  exists.map((there) => ({
    name: `${script.split('\n')[0] ?? ''}${there ? '' : ' (nothing there)'}`,
    script,
    args,
    env,
    exists: there,
  })),
);

/** Equal where both are known; an expression stands for any name. */
const covers = (ours: string | undefined, asked: string | undefined): boolean =>
  ours === asked || (ours?.startsWith('~') === true && asked !== undefined) || (ours === '@pod' && asked === NAMESPACE);

const isAskedBy = (ours: AccessAttributes, asked: AccessAttributes): boolean => {
  if (!isResourceRequest(ours) || !isResourceRequest(asked))
    return (
      !isResourceRequest(ours) && !isResourceRequest(asked) && ours.path === asked.path && ours.verb === asked.verb
    );
  // A need in all namespaces stands for each of them.
  const inNamespace =
    covers(ours.namespace, asked.namespace) || (ours.namespace === undefined && ours.name?.startsWith('~') === true);
  return (
    ours.verb === asked.verb &&
    ours.group === asked.group &&
    ours.resource === asked.resource &&
    (ours.subresource ?? '') === (asked.subresource ?? '') &&
    inNamespace &&
    covers(ours.name, asked.name)
  );
};

const show = (request: AccessAttributes): string => JSON.stringify(request);

/** Needs that must be asked for on this run: unconditional ones, and one of each group of alternatives. */
const mustBeAsked = (needs: readonly Need[], exists: boolean): readonly (readonly AccessAttributes[])[] => {
  const always = needs.filter((need) => need.server !== true && standing(need, exists) === 'always');
  const single = always.filter(({ alt }) => alt === undefined).map(({ request }) => [request]);
  const groups = [...new Set(always.flatMap(({ alt }) => alt ?? []))];
  return [...single, ...groups.map((tag) => always.filter(({ alt }) => alt === tag).map(({ request }) => request))];
};

describe.skipIf(kubectl.absent)(kubectl.title('derived needs against a recording API server'), () => {
  let folder: string;
  const servers = new Map<boolean, RecordingServer>();

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'nicwright-recording-'));
    for (const exists of [true, false]) {
      const server = await startRecordingServer(exists);
      servers.set(exists, server);
      const config = {
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'c', cluster: { server: server.url } }],
        users: [{ name: 'u', user: {} }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: NAMESPACE } }],
        'current-context': 'x',
      };
      writeFileSync(path.join(folder, `config-${String(exists)}`), JSON.stringify(config));
    }
    writeFileSync(path.join(folder, 'kubectl'), `#!/bin/sh\nexec '${kubectl.program}' "$@"\n`, { mode: 0o755 });
  });
  afterAll(async () => {
    for (const server of servers.values()) await server.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  const runScript = async ({ script, args, env, exists }: Measured): Promise<readonly AccessAttributes[]> => {
    const server = servers.get(exists);
    server?.takeAsked();
    await new Promise<void>((done) => {
      const child = spawn('bash', ['-c', script, 'script', ...args], {
        cwd: folder,
        stdio: 'ignore',
        env: {
          ...env,
          PATH: `${folder}:${process.env['PATH'] ?? ''}`,
          HOME: folder,
          KUBECONFIG: path.join(folder, `config-${String(exists)}`),
        },
      });
      const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
      child.on('close', () => {
        clearTimeout(timer);
        done();
      });
    });
    return server?.takeAsked() ?? [];
  };

  test.for([...measuredCases, ...own])('$name', async (one) => {
    const analyzed = analyzeScript(one.script, { name: one.name, types, readYaml, args: one.args, env: one.env });
    if (!analyzed.ok) throw new Error(analyzed.fault.message);
    const { needs } = analyzed.value;
    const asked = await runScript(one);
    const unforeseen = asked.filter((request) => !needs.some((need) => isAskedBy(need.request, request)));
    expect(unforeseen.map(show), 'asked by kubectl and not derived').toEqual([]);
    const unasked = mustBeAsked(needs, one.exists).filter(
      (alternatives) => !alternatives.some((need) => asked.some((request) => isAskedBy(need, request))),
    );
    expect(
      unasked.map((alternatives) => alternatives.map(show)),
      'derived and not asked by kubectl',
    ).toEqual([]);
  });
});
