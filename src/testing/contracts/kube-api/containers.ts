/** Contract of KubeApi: logs of containers and commands in them. */
import { expect } from 'vitest';
import type { ContainerAnswers, ContractTest, KubeApiWorld } from './world.ts';
import { ROLE_BINDINGS, ROLES } from './access.ts';
import { eventually, expectFault, good, pod } from './world.ts';

const ANSWERS: ContainerAnswers = {
  logs: { main: 'one\ntwo\nthree\n', side: 'side\n' },
  previousLogs: { main: 'before\n' },
  exec: ([program = '', ...args]) => {
    if (program === 'echo') return { stdout: `${args.join(' ')}\n`, exitCode: 0 };
    if (program === 'complain') return { stdout: 'out\n', stderr: 'err\n', exitCode: 3 };
    if (program === 'flood') return { stdout: 'x'.repeat(100_000), exitCode: 0 };
    return { hangsAfter: 'started\n' };
  },
};

const start = async (world: KubeApiWorld, namespace: string, name: string): Promise<void> => {
  const draft = pod(namespace, name);
  const containers = Object.keys(ANSWERS.logs).map((container) => ({ name: container, image: 'example.com/x:1' }));
  await world.startPod({ ...draft, spec: { containers } }, ANSWERS);
};

const LIMITS = { container: 'main', timeoutMs: 10_000, maxBytes: 1_000_000 };

/** For worlds in which containers run. */
export const containerContract = (it: ContractTest): void => {
  it('logs are those of the container that is named', async (world, namespace) => {
    await start(world, namespace, 'p');
    const key = { namespace, name: 'p' };
    expect(good(await world.api.logs(key, { container: 'main' }))).toBe('one\ntwo\nthree\n');
    expect(good(await world.api.logs(key, { container: 'side' }))).toBe('side\n');
    expectFault(await world.api.logs(key), 'kube-invalid', { status: 400 });
    expectFault(await world.api.logs(key, { container: 'none' }), 'kube-invalid', { status: 400 });
    expectFault(await world.api.logs({ namespace, name: 'none' }), 'kube-not-found');
  });

  it('logs can be cut and can be those of the run before', async (world, namespace) => {
    await start(world, namespace, 'p');
    const key = { namespace, name: 'p' };
    expect(good(await world.api.logs(key, { container: 'main', tailLines: 1 }))).toBe('three\n');
    expect(good(await world.api.logs(key, { container: 'main', limitBytes: 5 }))).toBe('one\nt');
    expect(good(await world.api.logs(key, { container: 'main', previous: true }))).toBe('before\n');
    expectFault(await world.api.logs(key, { container: 'side', previous: true }), 'kube-invalid', { status: 400 });
  });

  it('exec gives output and exit code', async (world, namespace) => {
    await start(world, namespace, 'p');
    const key = { namespace, name: 'p' };
    const said = good(await world.api.exec(key, ['echo', 'a b', "c'd", ''], LIMITS));
    expect(said).toEqual({ stdout: "a b c'd \n", stderr: '', exitCode: 0, truncated: false });
    const complained = good(await world.api.exec(key, ['complain'], LIMITS));
    expect(complained).toEqual({ stdout: 'out\n', stderr: 'err\n', exitCode: 3, truncated: false });
  });

  it('exec keeps its limits', async (world, namespace) => {
    await start(world, namespace, 'p');
    const key = { namespace, name: 'p' };
    const flood = good(await world.api.exec(key, ['flood'], { ...LIMITS, maxBytes: 1_000 }));
    expect(flood).toMatchObject({ exitCode: 0, truncated: true });
    expect(flood.stdout).toHaveLength(1_000);
    const endless = world.api.exec(key, ['sleep'], { ...LIMITS, timeoutMs: 500 });
    await world.sleep(600);
    expectFault(await endless, 'kube-exec-timeout');
  });

  it('exec needs both get and create of pods/exec', async (world, namespace) => {
    const { api, alice } = world;
    await start(world, namespace, 'p');
    const subjects = [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'alice' }];
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'exec' };
    const metadata = { namespace, name: 'exec' };
    const binding = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata, roleRef, subjects };
    good(await api.create(ROLE_BINDINGS, binding));
    for (const verbs of [['create'], ['get'], ['create', 'get']]) {
      const rules = [{ apiGroups: [''], resources: ['pods/exec'], verbs }];
      const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata, rules };
      good(await api.apply(ROLES, role, { fieldManager: 'contract', force: true }));
      const asked = { group: '', resource: 'pods', subresource: 'exec', namespace };
      await eventually(world, async () => {
        const may = await Promise.all(['create', 'get'].map((verb) => alice.canI({ verb, ...asked })));
        return (
          may.every((one, index) => good(one).allowed === verbs.includes(['create', 'get'][index] ?? '')) || undefined
        );
      });
      const ran = await alice.exec({ namespace, name: 'p' }, ['echo', 'hi'], LIMITS);
      if (verbs.length === 2) expect(good(ran).stdout).toBe('hi\n');
      else expectFault(ran, 'kube-forbidden', { status: 403 });
    }
  });

  it('exec in what is not there is a fault', async (world, namespace) => {
    await start(world, namespace, 'p');
    expectFault(await world.api.exec({ namespace, name: 'none' }, ['echo'], LIMITS), 'kube-not-found');
    const elsewhere = { ...LIMITS, container: 'none' };
    expectFault(await world.api.exec({ namespace, name: 'p' }, ['echo'], elsewhere), 'kube-invalid', { status: 400 });
  });
};
