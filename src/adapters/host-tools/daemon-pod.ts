/**
 * HostTools by exec in the SR-IOV config daemon's pod of a node: privileged, with the host's root at /host, and with the
 * mstflint tools in its image (reference: DaemonSet sriov-network-config-daemon). Nothing is installed, nothing written.
 */
import { hostCommand } from '../../core/model/host-question.ts';
import type { HostTools } from '../../core/ports/host-tools.ts';
import type { KubeApi } from '../../core/ports/kube-api.ts';
import { fail, ok } from '../../core/result.ts';

export interface DaemonPod {
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
}

export interface ExecLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

const HOST_ROOT = '/host';

/** What the runtime answers for a program that its image lacks: runc and crun, by the text of OCI errors. */
const NO_PROGRAM = /executable file not found|no such file or directory/i;

export const daemonPodTools = (api: KubeApi, pod: DaemonPod, limits: ExecLimits): HostTools => ({
  via: `exec in Pod/${pod.namespace}/${pod.name}`,
  ask: async (question, options) => {
    const command = hostCommand(question, HOST_ROOT);
    const ran = await api.exec(pod, command, {
      container: pod.container,
      ...limits,
      ...(options?.signal !== undefined && { signal: options.signal }),
    });
    if (ran.ok) {
      const { stdout, stderr, exitCode, truncated } = ran.value;
      return ok({ question, command, output: stdout + stderr, exitCode, truncated });
    }
    if (ran.fault.status === 500 && NO_PROGRAM.test(ran.fault.message))
      return fail(
        'host-no-tool',
        `The image of Pod/${pod.namespace}/${pod.name} has no "${command[0] ?? ''}"; run it on the node instead.`,
      );
    return ran;
  },
});

/** What a person types for the same. */
export const execLine = (pod: DaemonPod, command: readonly string[]): string =>
  `kubectl exec -n ${pod.namespace} ${pod.name} -c ${pod.container} -- ${command.join(' ')}`;
