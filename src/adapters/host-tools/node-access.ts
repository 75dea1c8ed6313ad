/**
 * The hosts of a cluster's nodes through pods: the SR-IOV config daemon's where it runs, else a pod of our own with the same
 * image, made only where that was allowed, short-lived and taken away at the end. Both are privileged and see the host's root.
 */
import { digList, digText, digTexts } from '../../core/model/dig.ts';
import { FIELD_MANAGER } from '../../core/model/field-manager.ts';
import { DAEMON_SETS, PODS } from '../../core/model/kube-resource.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { HostAccess } from '../../core/ports/host-access.ts';
import { changeCommand, changeLimitMs, isFirmwareTool } from '../../core/ports/host-changes.ts';
import type { KubeApi, KubeDraft } from '../../core/ports/kube-api.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { daemonPodTools, type DaemonPod } from './daemon-pod.ts';
import { DAEMON, findDaemonPod, POD_LIMITS, runs } from './find-daemon-pod.ts';

export interface NodeAccessOptions {
  /** Whether pods of our own may be made. */
  readonly ownPods: boolean;
  /** Where they stand. */
  readonly namespace: string;
}

/** Our pod ends by itself after so long, should nobody take it away. */
const LIFE_SECONDS = 2 * 3600;
const START_MS = 90_000;
const POLL_MS = 2_000;

const podName = (node: string): string => `nicwright-host-${node}`;

const ownPod = (node: string, namespace: string, image: string): KubeDraft => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: podName(node), namespace, labels: { 'app.kubernetes.io/managed-by': 'nicwright' } },
  spec: {
    nodeName: node,
    hostNetwork: true,
    hostPID: true,
    restartPolicy: 'Never',
    activeDeadlineSeconds: LIFE_SECONDS,
    tolerations: [{ operator: 'Exists' }],
    containers: [
      {
        name: 'host',
        image,
        command: ['sleep', String(LIFE_SECONDS)],
        securityContext: { privileged: true },
        volumeMounts: [{ name: 'host', mountPath: '/host' }],
      },
    ],
    volumes: [{ name: 'host', hostPath: { path: '/' } }],
  },
});

export const nodeAccess = (api: KubeApi, clock: Clock, { ownPods, namespace }: NodeAccessOptions): HostAccess => {
  const made = new Set<string>();

  const imageOf = async (): Promise<Result<string>> => {
    const page = await api.list(DAEMON_SETS);
    if (!page.ok) return page;
    const set = page.value.items.find(
      (one) => digTexts(one, 'spec', 'template', 'metadata', 'labels')['app'] === DAEMON,
    );
    const image = digText(digList(set, 'spec', 'template', 'spec', 'containers')[0], 'image');
    return image === undefined
      ? fail('held-host-image', `there is no DaemonSet ${DAEMON}, whose image has the firmware tools.`)
      : ok(image);
  };

  /** Waits until our pod runs; one that has ended is made anew. */
  const ensureOwn = async (node: string): Promise<Result<DaemonPod>> => {
    const key = { namespace, name: podName(node) };
    const end = clock.now() + START_MS;
    for (;;) {
      const found = await api.get(PODS, key);
      if (!found.ok && found.fault.code !== 'kube-not-found') return found;
      if (found.ok && runs(found.value)) return ok({ ...key, container: 'host' });
      const phase = found.ok ? digText(found.value, 'status', 'phase') : undefined;
      if (phase === 'Failed' || phase === 'Succeeded') await api.delete(PODS, key, { graceSeconds: 0 });
      if (!found.ok) {
        const image = await imageOf();
        if (!image.ok) return image;
        const created = await api.create(PODS, ownPod(node, namespace, image.value), { fieldManager: FIELD_MANAGER });
        if (!created.ok && created.fault.code !== 'kube-already-exists') return created;
        made.add(node);
      }
      if (clock.now() >= end)
        return fail('host-no-pod', `Pod/${namespace}/${key.name} does not run on ${node} yet.`, 'retry');
      await clock.sleep(POLL_MS);
    }
  };

  const podFor = async (node: string): Promise<Result<DaemonPod>> => {
    const daemon = await findDaemonPod(api, node);
    if (!daemon.ok) return daemon;
    if (daemon.value !== undefined && !made.has(node)) return ok(daemon.value);
    if (ownPods) return ensureOwn(node);
    return fail(
      'held-no-host-pod',
      `no config daemon runs on ${node} to ask its host through; run with --host-pods, which makes a privileged pod there for the time of the visit, or with --ssh.`,
      'retry',
    );
  };

  return {
    hostTools: async (node) => {
      const pod = await podFor(node);
      return pod.ok ? ok(daemonPodTools(api, pod.value, POD_LIMITS)) : pod;
    },
    hostChanges: async (node) => {
      const pod = await podFor(node);
      if (!pod.ok) return pod;
      const { container, ...key } = pod.value;
      return ok({
        via: `exec in Pod/${key.namespace}/${key.name}`,
        change: async (change, options) => {
          const plain = changeCommand(change);
          const command = isFirmwareTool(change) ? plain : ['chroot', '/host', ...plain];
          const ran = await api.exec(key, command, {
            container,
            ...POD_LIMITS,
            timeoutMs: changeLimitMs(change),
            ...(options?.signal !== undefined && { signal: options.signal }),
          });
          if (!ran.ok) return ran;
          const { stdout, stderr, exitCode } = ran.value;
          return ok({ command, output: stdout + stderr, exitCode });
        },
      });
    },
    // A pod of ours has the daemon's image and tools: it would tell nothing that the daemon does not.
    secondTools: () => Promise.resolve(ok(undefined)),
    way: async (node, { daemonLeaves }) => {
      if (ownPods) {
        const image = await imageOf();
        return image.ok ? ok(`a privileged pod of ours on ${node}, where no config daemon runs`) : image;
      }
      const daemon = await findDaemonPod(api, node);
      if (!daemon.ok) return daemon;
      if (daemon.value !== undefined && !daemonLeaves)
        return ok(`exec in Pod/${daemon.value.namespace}/${daemon.value.name}`);
      return fail(
        'held-no-host-pod',
        `no config daemon ${daemon.value === undefined ? 'runs' : 'will run'} on ${node} during its visit to ask its host through; run with --host-pods, or with --ssh.`,
        'wait',
      );
    },
    close: async () => {
      for (const node of made) await api.delete(PODS, { namespace, name: podName(node) }, { graceSeconds: 0 });
      made.clear();
    },
  };
};
