/** The operator asks for a restart because of a kernel argument, and no restart brings it. */
import type { InventoryNode } from '../../../inventory/build-inventory.ts';
import { digText } from '../../../model/dig.ts';
import { textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import type { Origin } from '../../../snapshot/snapshot.ts';
import { gpuNode, nodeState, pf, pod } from '../world.ts';

const RULE = 'kernel-arguments-not-effective';

/** What the operator's plugins may want (reference: sriov.md 2.3). */
const ARGUMENT = /\b(?:intel_iommu=on|iommu=pt|pci=realloc|ib_core\.netns_mode=[01])\b/g;

/** Asked for by the daemon's log, or by name in it; in two runs with a restart between them the restart did not help. */
const asks = ({ daemonFacts }: InventoryNode): { readonly origins: readonly Origin[]; readonly runs: number } => {
  const origins: Origin[] = [];
  let runs = 0;
  let isNewRun = true;
  for (const fact of daemonFacts) {
    if (fact.fact === 'start' || fact.fact === 'host-restart') isNewRun = true;
    if (fact.fact !== 'kernel-arguments') continue;
    origins.push(fact.origin);
    if (isNewRun) runs += 1;
    isNewRun = false;
  }
  return { origins, runs };
};

/** Arguments that the node's files for the boot loader have, by line. */
const inBootFiles = (facts: Facts, name: string): ReadonlyMap<string, Evidence> =>
  new Map(
    facts
      .lines(`${RULE}/grub`)
      .filter(({ text }) => (facts.nodeOfText(text) ?? name) === name)
      .flatMap(({ line, origin }) =>
        (line.match(ARGUMENT) ?? []).map((argument) => [argument, textEvidence(origin, line)] as const),
      ),
  );

/** Arguments that the policies of the node need, where the log names none. */
const wantedBy = (node: InventoryNode, facts: Facts): readonly string[] => {
  const named = facts
    .lines(`${RULE}/named`)
    .filter(({ text }) => facts.nodeOfText(text) === node.name)
    .flatMap(({ line }) => line.match(ARGUMENT) ?? []);
  if (named.length > 0) return [...new Set(named)];
  const policies = new Set(node.nodeState?.wanted.flatMap(({ groups }) => groups.map(({ policyName }) => policyName)));
  const isVfio = facts
    .objects('SriovNetworkNodePolicy')
    .some(({ object }) => policies.has(object.metadata.name) && digText(object, 'spec', 'deviceType') === 'vfio-pci');
  return isVfio ? ['intel_iommu=on', 'iommu=pt'] : [];
}; // prettier-ignore

const checkNode = (facts: Facts, name: string): readonly Statement[] => {
  const node = facts.node(name);
  if (node === undefined) return [];
  const { origins, runs } = asks(node);
  const [first] = origins;
  if (first === undefined) return node.daemonFacts.length > 0 ? [{ says: 'clear', scope: { node: name }, saw: 'config daemons ask for no kernel argument' }] : [];
  const given = node.kernelCommandLine;
  const boot = inBootFiles(facts, name);
  const wanted = [...new Set([...wantedBy(node, facts), ...boot.keys()])];
  const missing = given === undefined ? [] : wanted.filter((argument) => !given.value.split(/\s+/).includes(argument));
  if (given === undefined)
    return [
      {
        says: 'unknown',
        scope: { node: name },
        lack: { what: `the kernel command line of ${name}`, why: 'whether the argument that the config daemon asks for is there', settle: `cat /proc/cmdline; grep -r CMDLINE /etc/default/grub /etc/default/grub.d   # on ${name}` },
      },
    ];
  if (wanted.length > 0 && missing.length === 0) return [];
  const isUbuntu = /ubuntu|dgx/i.test(digText(facts.object('Node', name)?.object, 'status', 'nodeInfo', 'osImage') ?? '');
  const staged = missing.filter((argument) => boot.has(argument));
  // Asked for once and not restarted since, it is a restart that is due and nothing more.
  if (staged.length === 0 && runs < 2)
    return [
      {
        says: 'unknown',
        scope: { node: name },
        lack: { what: `whether ${name} was restarted since the argument was asked for`, why: 'not yet: the restart is due; restarted: nothing writes the argument, or another file wins', settle: `last -x reboot | head -3; grep -rn CMDLINE /etc/default/grub /etc/default/grub.d   # on ${name}` },
      },
    ];
  const what = missing.length === 0 ? 'the argument' : missing.join(' and ');
  const why = staged.length > 0 ? 'a file of the boot loader has it, and another one wins' : isUbuntu ? 'on Ubuntu the operator does not write it' : `${runs} runs of the daemon asked for it`;
  return [
    {
      says: 'finding',
      scope: { node: name },
      because: `${name}: the config daemon wants a restart for kernel arguments, and the running kernel does not have ${what} (${why}): a restart brings nothing`,
      confidence: 'proven',
      sameAs: missing.join(' '),
      evidence: [textEvidence(first, 'need reboot for updating kernel arguments'), textEvidence(given.origin, given.value), ...staged.flatMap((argument) => boot.get(argument) ?? [])],
    },
  ];
}; // prettier-ignore

const LOG = 'sriov-network-config-daemon-x7k2p.log';
const daemon = pod('sriov-network-config-daemon-x7k2p', { node: 'a' });
const ASKS =
  'I0101 00:00:00.000000       1 generic_plugin.go:300] generic-plugin needRebootNode(): need reboot for updating kernel arguments\n';
const RESTART = 'I0101 00:00:00.000000       1 daemon.go:800] rebootNode(): trigger node reboot\n';
const waiting = nodeState('a', {
  syncStatus: 'InProgress',
  desired: 'Reboot_Required',
  current: 'DrainComplete',
  pfs: [pf({ seen: 0 })],
});
const cmdline = (text: string) => `$ cat /proc/cmdline\nBOOT_IMAGE=/vmlinuz root=UUID=1 ro ${text}\n`;
const GRUB = '$ cat /etc/default/grub\nGRUB_CMDLINE_LINUX_DEFAULT="intel_iommu=on iommu=pt"\n';

export const kernelArgumentsNotEffective = defineRule({
  id: RULE,
  title: 'A kernel argument that the operator wants does not become effective',
  severity: 'error',
  role: 'cause',
  needs: ['daemonLog'],
  lines: {
    grub: /^\s*(?:GRUB_CMDLINE_LINUX(?:_DEFAULT)?\s*=|kernelopts=|options\s).*(?:intel_iommu=on|iommu=pt|pci=realloc|ib_core\.netns_mode=)/,
    named: /(?:kernel ?arg|karg)[^\n]*(?:intel_iommu=on|iommu=pt|pci=realloc|ib_core\.netns_mode=)/i,
  },
  explain:
    'The generic plugin looks for its arguments in /proc/cmdline, writes them to the boot loader where it can (rpm-ostree, grubby; not on Ubuntu) and asks for a restart as long as /proc/cmdline lacks them. Where a drop-in or a template of the image sets the command line over again, or nothing writes it, that never ends.',
  sources: ['reference sriov.md F12, 2.3', 'diagnosis-ux.md 3.2 (5, 6)'],
  check: (facts) => facts.nodes.flatMap((name) => checkNode(facts, name)),
  remedy: (findings) => [
    { text: `Find what sets the command line, put ${findings[0]?.sameAs || 'the argument'} there, make the boot loader's configuration anew, and restart once.`, command: `grep -rn CMDLINE /etc/default/grub /etc/default/grub.d/; update-grub || grub2-mkconfig -o /boot/grub2/grub.cfg   # on ${findings[0]?.scope.node ?? 'the node'}`, risk: 'the restart ends every pod on the node' },
    { text: 'Until then the operator restarts the node again and again: keep its daemon away by its node label.' },
    { text: 'Unsafe: deleting the annotations by which the operator asks; the drain is skipped, and the argument is still missing.' },
  ],
  cases: [
    { name: 'the file has it, the kernel has not', kind: 'broken', objects: [waiting, daemon], texts: { [LOG]: ASKS, 'a/host.txt': cmdline('quiet') + GRUB }, says: 'another one wins' },
    { name: 'asked for again after a restart, on Ubuntu, where nothing writes it', kind: 'broken', objects: [waiting, daemon, { ...gpuNode('a', {}), status: { nodeInfo: { osImage: 'Ubuntu 22.04.4 LTS' } } }], texts: { [LOG]: `${ASKS}${RESTART}${ASKS}`, 'a/host.txt': cmdline('quiet') }, says: 'does not write it' },
    { name: 'a log that asks for nothing of the kind', kind: 'healthy', objects: [nodeState('a'), daemon], texts: { [LOG]: 'I1 mellanox_plugin.go:335] Changing TotalVfs 16 to 8, needs reboot\n' } },
    { name: 'the command line was not read', kind: 'lacking', objects: [waiting, daemon], texts: { [LOG]: ASKS }, says: 'kernel command line' },
    { name: 'the kernel has what the file has', kind: 'look-alike', objects: [waiting, daemon], texts: { [LOG]: ASKS, 'a/host.txt': cmdline('intel_iommu=on iommu=pt') + GRUB } },
    { name: 'asked for once, and the node was not restarted since', kind: 'look-alike', objects: [waiting, daemon], texts: { [LOG]: ASKS, 'a/host.txt': cmdline('quiet') } },
  ],
}); // prettier-ignore
