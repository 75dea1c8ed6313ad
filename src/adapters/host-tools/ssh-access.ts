/**
 * The hosts of a cluster's nodes by ssh. An address may lead to another machine, and a host key may be known for it: so a host
 * counts as the node's only when it runs under the boot id that the node's kubelet has reported.
 */
import { digList, digText } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { NODES } from '../../core/model/kube-resource.ts';
import type { HostAccess, SshLogin } from '../../core/ports/host-access.ts';
import type { KubeApi } from '../../core/ports/kube-api.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { daemonPodTools } from './daemon-pod.ts';
import { findDaemonPod, POD_LIMITS } from './find-daemon-pod.ts';
import { SSH_LIMITS, sshChanges, sshTools, sshWhere, type SshHost } from './ssh-host.ts';

/** The first that the node has; a name is asked for last, since it may not resolve here. */
const ADDRESS_TYPES = ['InternalIP', 'Hostname'] as const;

const addressOf = (node: KubeObject): string | undefined => {
  const addresses = digList(node, 'status', 'addresses');
  return ADDRESS_TYPES.flatMap((type) => {
    const found = digText(
      addresses.find((one) => digText(one, 'type') === type),
      'address',
    );
    return found === undefined ? [] : [found];
  })[0];
};

export const sshAccess = (api: KubeApi, { addresses, ...login }: SshLogin, limits = SSH_LIMITS): HostAccess => {
  /** `ADDRESS BOOTID` of hosts that were found to be the node's. */
  const proved = new Map<string, string>();

  const hostOf = async (name: string): Promise<Result<SshHost>> => {
    const node = await api.get(NODES, { name });
    if (!node.ok) return node;
    const given = Object.hasOwn(addresses, name) ? addresses[name] : undefined;
    const address = given ?? addressOf(node.value);
    if (address === undefined)
      return fail(
        'host-ssh-address',
        `Node/${name} has no InternalIP and no Hostname to reach it by ssh; name its address in a file (--ssh-hosts FILE).`,
        'wait',
      );
    const host: SshHost = { ...login, address };
    const bootId = digText(node.value, 'status', 'nodeInfo', 'bootID') ?? '';
    if (bootId === '')
      return fail('host-not-told', `Node/${name} has no boot id, by which its host would be known.`, 'retry');
    const seal = `${address} ${bootId}`;
    if (proved.get(name) === seal) return ok(host);
    // The boot id is everybody's to read: sudo is left to what needs it.
    const answer = await sshTools({ ...host, sudo: false }, limits).ask({ ask: 'boot-id' });
    if (!answer.ok) return answer;
    const read = answer.value.output.trim();
    if (read !== bootId)
      return fail(
        'host-other',
        `${sshWhere(host)} runs under boot id ${read.slice(0, 60) || 'none'}, and Node/${name} reports ${bootId}: it is another machine, or has restarted just now. Nothing was asked of it; check its address (--ssh-hosts FILE).`,
        'retry',
      );
    proved.set(name, seal);
    return ok(host);
  };

  return {
    hostTools: async (node) => {
      const host = await hostOf(node);
      return host.ok ? ok(sshTools(host.value, limits)) : host;
    },
    hostChanges: async (node) => {
      const host = await hostOf(node);
      return host.ok ? ok(sshChanges(host.value, limits)) : host;
    },
    secondTools: async (node) => {
      const pod = await findDaemonPod(api, node);
      if (!pod.ok) return pod;
      return ok(pod.value === undefined ? undefined : daemonPodTools(api, pod.value, POD_LIMITS));
    },
    way: async (node) => {
      const host = await hostOf(node);
      if (!host.ok) return host;
      const pod = await findDaemonPod(api, node);
      const compared =
        pod.ok && pod.value !== undefined
          ? `, its answers compared with those by exec in Pod/${pod.value.namespace}/${pod.value.name} before anything is done`
          : '';
      return ok(`${sshTools(host.value, limits).via}${compared}`);
    },
    close: () => Promise.resolve(),
  };
};
