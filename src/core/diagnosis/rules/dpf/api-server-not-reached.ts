/** A pod that installs cards does not reach the API server: it runs on the host network, where the service address may not be served. */
import { dig } from '../../../model/dig.ts';
import { explainDenial } from '../../../rbac/explain-denial.ts';
import { fieldEvidence } from '../../evidence.ts';
import { aCrashingDmsPod, aDmsPod, aDpfConfig } from '../world-dpf.ts';
import { defineStartCause } from './start-cause.ts';

const OVERRIDES = ['spec', 'overrides'] as const;

export const apiServerNotReached = defineStartCause({
  id: 'api-server-not-reached',
  title: 'A pod on the host network does not reach the API server',
  line: /Failed to check kubectl version|connection to the server \S+ was refused|Unable to connect to the server|dial tcp \S+:(?:443|6443|8080): (?:i\/o timeout|connect: (?:no route to host|connection refused|network is unreachable))/,
  explain:
    'DMS and the host agent run on the host network. Where OVN-Kubernetes is the primary CNI the address of the service kubernetes is not served there, and DPF has to be told another: overrides.kubernetesAPIServerVIP and kubernetesAPIServerPort of the DPFOperatorConfig. "localhost:8080" means that no address and no token were given at all.',
  sources: ['reference dpf.md 4, 6.8, 7.1 (1, 40)', 'internal/dmsinit/dmsinit.sh check_and_install_kubectl'],
  because: (where, text) =>
    /localhost:8080|127\.0\.0\.1:8080/.test(text)
      ? `${where}: kubectl knows no API server: neither a token nor the address of the cluster is in the container`
      : `${where}: the API server is not reached from the host network (${explainDenial(text)?.cause === 'rbac' ? 'denied' : (/dial tcp .*$|connection to the server .*$|Unable to connect.*$/.exec(text)?.[0] ?? text).trim().slice(0, 120)})`,
  more: (facts) =>
    facts
      .objects('DPFOperatorConfig')
      .slice(0, 1)
      .map((config) =>
        fieldEvidence(
          config,
          [...OVERRIDES, 'kubernetesAPIServerVIP'],
          `kubernetesAPIServerVIP: ${JSON.stringify(dig(config.object, ...OVERRIDES, 'kubernetesAPIServerVIP')) ?? '(absent)'}`,
        ),
      ),
  against: () => ['nothing was asked of RBAC: the server was not reached'],
  remedy: (_findings, facts) => {
    const config = facts.objects('DPFOperatorConfig')[0]?.object.metadata;
    return [
      {
        text: 'State the address at which hosts reach the API server, and its port.',
        command: `${facts.cli} patch dpfoperatorconfig ${config?.name ?? 'dpfoperatorconfig'} -n ${config?.namespace ?? 'NAMESPACE'} --type=merge -p '{"spec":{"overrides":{"kubernetesAPIServerVIP":"ADDRESS","kubernetesAPIServerPort":6443}}}'`,
        risk: 'every component of DPF is applied again with the new address',
      },
      { text: 'Set already: try it from a host.', command: 'curl -sk https://ADDRESS:6443/version   # on the host' },
    ];
  },
  cases: [
    { name: 'the service address is not served', kind: 'broken', objects: [aCrashingDmsPod('a-dms'), aDpfConfig()], texts: { 'a-dms.dms-init.log': '[dmsinit] Error (check_and_install_kubectl:120): Failed to check kubectl version: Unable to connect to the server: dial tcp 10.96.0.1:443: i/o timeout\n' }, says: '10.96.0.1:443' },
    { name: 'no address at all', kind: 'broken', objects: [aCrashingDmsPod('a-dms'), aDpfConfig()], texts: { 'a-dms.dms-init.log': 'The connection to the server localhost:8080 was refused - did you specify the right host or port?\n' }, says: 'knows no API server' },
    { name: 'pods that start', kind: 'healthy', objects: [aDmsPod('a-dms'), aDpfConfig()] },
    { name: 'no log', kind: 'lacking', objects: [aCrashingDmsPod('a-dms'), aDpfConfig()], says: 'the log of dms-init' },
    { name: 'a moment at boot', kind: 'look-alike', objects: [aDmsPod('a-dms'), aDpfConfig()], texts: { 'a-dms.dms-init.previous.log': 'Unable to connect to the server: dial tcp 10.96.0.1:443: connect: no route to host\n' } },
    { name: 'denied, and so reached', kind: 'look-alike', objects: [aCrashingDmsPod('a-dms'), aDpfConfig()], texts: { 'a-dms.dms-init.log': 'Error from server (Forbidden): dpunodes.provisioning.dpu.nvidia.com is forbidden: User "system:serviceaccount:dpf-ns:x" cannot create resource "dpunodes" in API group "provisioning.dpu.nvidia.com" in the namespace "dpf-ns"\n' } },
  ],
}); // prettier-ignore
