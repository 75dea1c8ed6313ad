/** The incident of two DGX nodes behind the twin's API: stock kubectl of two versions finds what a person would look for. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PODS } from '../../src/core/model/kube-resource.ts';
import { playScenario } from '../../src/app/twin-serve/play-scenario.ts';
import type { Ran } from './cluster.ts';
import { realPart } from './real-parts.ts';
import { runKubectl, type TwinOnTheNetwork, twinOnTheNetwork } from './twin-api/served-twin.ts';

const newer = realPart('kubectl');
const older = realPart('kubectl-1.32');
const MSTCONFIG = ['mstconfig', '-d', '0000:18:00.0', 'q', 'NUM_OF_VFS'];

describe.skipIf(newer.absent || older.absent)(newer.title(older.title('kubectl on the twin of the incident')), () => {
  let twin: TwinOnTheNetwork;
  let daemon: string;
  beforeAll(async () => {
    const played = await playScenario('dgx-cold-restart', 1);
    if (!played.ok) throw new Error(played.fault.message);
    const { world, clock } = played.value.cluster;
    twin = await twinOnTheNetwork({ world, clock });
    // The one whose node is up and has not been told to restart just now.
    const onNode = world
      .actor('test')
      .list(PODS, { namespace: 'network-operator', fieldSelector: 'spec.nodeName=dgx030' });
    daemon = onNode.find(({ metadata }) => metadata.name.includes('config-daemon'))?.metadata.name ?? '';
  });
  afterAll(() => twin?.stop());

  describe.each(['kubectl', 'kubectl-1.32'])('%s', (program) => {
    const kubectl = (...args: readonly string[]): Promise<Ran> =>
      runKubectl(args, { program, kubeconfig: twin.kubeconfig, home: path.join(twin.folder, program) });

    test('get nodes and node states show that both wait for a restart', async () => {
      const nodes = await kubectl('get', 'nodes', '--no-headers');
      expect(nodes).toMatchObject({ code: 0, stderr: '' });
      expect(nodes.stdout).toMatch(/^dgx030 .*SchedulingDisabled/m);
      const states = await kubectl('get', 'sriovnetworknodestates', '-A');
      expect(states.stdout.split('\n')[0]?.split(/\s{2,}/)).toEqual([
        'NAMESPACE',
        'NAME',
        'SYNC STATUS',
        'DESIRED SYNC STATE',
        'CURRENT SYNC STATE',
        'AGE',
      ]);
      expect(states.stdout).toMatch(/network-operator +dgx030 +InProgress +Reboot_Required +DrainComplete/);
    });

    test('describe node tells its conditions, its pods and its events', async () => {
      const described = await kubectl('describe', 'node', 'dgx030');
      expect(described).toMatchObject({ code: 0, stderr: '' });
      expect(described.stdout).toMatch(/Taints: +node.kubernetes.io/);
      expect(described.stdout).toMatch(/Non-terminated Pods: /);
      expect(described.stdout).toContain(daemon);
    });

    test('exec in the pod of the config daemon asks the firmware of the host', async () => {
      const ran = await kubectl('exec', '-n', 'network-operator', daemon, '--', ...MSTCONFIG);
      expect(ran).toMatchObject({ code: 0, stderr: '' });
      expect(ran.stdout).toMatch(/\* +NUM_OF_VFS +16 +16 +8/);
      const absent = await kubectl('exec', '-n', 'network-operator', daemon, '--', 'nosuch');
      expect(absent.code).not.toBe(0);
      expect(absent.stderr).toMatch(/executable file not found/);
    });

    test('logs of the config daemon end where it restarts the node', async () => {
      const logs = await kubectl('logs', '-n', 'network-operator', daemon, '--tail=1');
      expect(logs).toMatchObject({ code: 0, stderr: '' });
      expect(logs.stdout.trimEnd().split('\n')).toHaveLength(1);
      const none = await kubectl('logs', '-n', 'network-operator', daemon, '-c', 'none');
      expect(none.stderr).toContain('container none is not valid for pod');
    });

    test('auth can-i answers for the operator and for nobody', async () => {
      expect((await kubectl('auth', 'can-i', 'get', 'nodes', '--as', 'nobody')).stdout).toBe('no\n');
      expect((await kubectl('auth', 'can-i', 'get', 'nodes')).stdout).toBe('yes\n');
    });

    test('a token made for a ServiceAccount is that account, and may what it may', async () => {
      const account = `robot-of-${program.replace('.', '-')}`;
      await kubectl('create', 'serviceaccount', account, '-n', 'network-operator');
      const { stdout: token } = await kubectl('create', 'token', account, '-n', 'network-operator');
      const kubeconfig = twin.kubeconfigFor(token.trim());
      const home = path.join(twin.folder, `${program}-account`);
      const who = await runKubectl(['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'], {
        program,
        kubeconfig,
        home,
      });
      expect(who).toMatchObject({ code: 0, stdout: `system:serviceaccount:network-operator:${account}` });
      const refused = await runKubectl(['get', 'nodes'], { program, kubeconfig, home });
      expect(refused.stderr).toContain('nodes is forbidden');
    });
  });

  test('nothing that was asked was a bug of ours', () => expect(twin.bugs).toEqual([]));
});
