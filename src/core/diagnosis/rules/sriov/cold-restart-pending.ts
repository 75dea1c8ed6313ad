/** A pending firmware change that only a cold restart activates: shown by restarts that did not, by the tool, or by the machine. */
import { isPending } from '../../../model/firmware-setting.ts';
import { RUNG_NAMES } from '../../../firmware/rung.ts';
import { textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Confidence, Evidence, RemedyStep, Statement } from '../../finding.ts';
import { pendingFirmware, showChange, type PendingNode } from '../../pending-firmware.ts';
import { defineRule } from '../../rule.ts';
import { someNames } from '../../some-names.ts';
import { gpuNode, nodeState } from '../world.ts';

/** What these lines and annotations say, whichever form a release gives them. */
const RESTART_WISHED = 'the config daemon wants a restart for this value';

const NEEDS_POWER_OFF = new Set(['cold', 'ac']);

const confidenceOf = ({ restarts, adapters }: PendingNode): Confidence => {
  if (restarts?.certainty === 'proven' || adapters.some(({ adapter }) => adapter.restartHint?.value === 'power-cycle'))
    return 'proven';
  return 'likely';
};

const checkNode = (facts: Facts, name: string): readonly Statement[] => {
  const node = facts.node(name);
  const pending = node === undefined ? undefined : pendingFirmware(node);
  if (node === undefined) return [];
  if (pending === undefined)
    return node.adapters.some(({ settings }) => settings.some((setting) => isPending(setting) === false))
      ? [{ says: 'clear', scope: { node: name }, saw: 'no firmware change waits for a cold restart' }]
      : [];
  const cold = pending.adapters.filter(({ activation }) => NEEDS_POWER_OFF.has(activation.rung));
  const [first] = cold;
  if (first === undefined) return [];
  const machine: readonly Evidence[] =
    node.machine === undefined ? [] : [textEvidence(node.machine.origin, `machine ${node.machine.value}`)];
  const rows = cold.flatMap(({ settings }) =>
    settings
      .slice(0, 1)
      .map((setting) =>
        textEvidence(
          setting.origin,
          `${setting.name}  current ${setting.current ?? '?'}  next boot ${setting.next ?? '?'}`,
        ),
      ),
  );
  const changes = first.settings.map(showChange).join(', ');
  const secureBoot =
    node.secureBoot?.value === true && node.lockdown?.value === 'none'
      ? [`secure boot is on and is not the cause: kernel lockdown is off on ${name}`]
      : [];
  return [
    {
      says: 'finding',
      scope: { node: name },
      because: `${name}: ${changes} on ${cold.length} of ${node.adapters.length} adapters; ${pending.restarts?.because ?? first.activation.because}`,
      confidence: confidenceOf(pending),
      sameAs: `${first.activation.rung} ${changes}`,
      evidence: [
        ...rows.slice(0, 1),
        ...(pending.restarts?.origins ?? []).slice(0, 3).map((origin) => textEvidence(origin, RESTART_WISHED)),
        ...machine,
        ...rows.slice(1),
      ],
      ...(secureBoot.length === 0 ? {} : { against: secureBoot }),
      ...(pending.restarts === undefined
        ? {
            lacks: [
              {
                what: `restarts of ${name} since the value was written`,
                why: 'would prove that a warm restart does not do it',
                settle: `last -x reboot | head   # on ${name}; and kubectl get node ${name} -o jsonpath={.status.nodeInfo.bootID}`,
              },
            ],
          }
        : {}),
    },
  ];
};

const remedyFor = (
  facts: Facts,
  names: readonly string[],
  rung: string,
  first: string | undefined,
): readonly RemedyStep[] => {
  const name = names[0] ?? 'NODE';
  const { cli } = facts;
  return [
    {
      text: `Take the nodes one after the other, ${name} first. Look at what a drain would evict.`,
      command: `nicwright drain preview ${name} --for restart`,
    },
    {
      text: 'Keep the config daemon from restarting the node in the meantime: take it off the node by the label that its configuration selects, and give the label back afterwards. Where it has drained the node already, do not uncordon: it does so itself.',
      command: `${cli} get sriovoperatorconfigs -A -o jsonpath='{.items[*].spec.configDaemonNodeSelector}'`,
      risk: 'more than 30 minutes without the label delete the node state',
    },
    {
      text: `Drain ${name}.`,
      command: `${cli} drain ${name} --ignore-daemonsets --delete-emptydir-data`,
      risk: 'evicts what runs on the node; a PodDisruptionBudget may refuse',
    },
    ...(first === undefined ? [] : [{ text: first, risk: 'data on the DPU' }]),
    {
      text:
        rung === 'ac'
          ? 'Power the host off, take AC away for five minutes, and power it on.'
          : 'Power the host off, see that it is off, wait 60 seconds, and power it on. A reset or a power cycle that keeps the slots powered is not enough.',
      command:
        'ipmitool -I lanplus -H BMC -U USER -E chassis power off   # then: chassis power status, and after 60 s: chassis power on',
    },
    {
      text: 'Prove it: current is equal to next boot on every adapter, the VFs are there, the resources are offered.',
      command: `mstconfig -d PCI -e q NUM_OF_VFS   # on ${name}\n${cli} get node ${name} -o jsonpath={.status.allocatable}`,
    },
  ];
};

const SETTINGS =
  '=== 0000:18:00.0 ===\nConfigurations:   Default   Current   Next Boot\n*   NUM_OF_VFS   16   16   8\n';

export const coldRestartPending = defineRule({
  id: 'cold-restart-pending',
  title: 'A firmware change waits for a cold restart',
  severity: 'critical',
  role: 'cause',
  needs: ['firmware'],
  explain:
    'The firmware of an adapter reads its settings when it boots. On many machines, DGX among them, a restart of the operating system leaves the slots powered and the firmware running, so a change stays at next boot for ever. ' +
    'Power off, a pause, and power on make it boot. Re-imaging the host changes nothing: the settings live on the adapter. ' +
    'The SR-IOV operator only restarts warm and asks again after each restart.',
  sources: ['seeds/000 root cause 2', 'reference sriov.md 3.3', 'nic-configuration-operator #188, #189'],
  thenExpect:
    'the config daemon makes the VFs, the device plugin registers them, and the waiting pods are scheduled. If the IPAM image is wrong as well, pods fail at their sandbox next.',
  check: (facts) => facts.nodes.flatMap((name) => checkNode(facts, name)),
  summarise: (findings, facts) => {
    const names = findings.map(({ scope }) => scope.node ?? '');
    const adapters = names.reduce(
      (sum, name) =>
        sum + (facts.node(name) === undefined ? 0 : (pendingFirmware(facts.node(name)!)?.adapters.length ?? 0)),
      0,
    );
    const change = (findings[0]?.sameAs ?? '').replace(/^\S+ /, '');
    const rung = (findings[0]?.sameAs ?? '').split(' ')[0] === 'ac' ? RUNG_NAMES.ac : RUNG_NAMES.cold;
    const why = findings[0]?.because.split('; ').slice(1).join('; ') ?? '';
    return `${change} is written on ${adapters} adapters of ${someNames(names)} and needs a ${rung}: ${why}`;
  },
  remedy: (findings, facts) => {
    const names = findings.map(({ scope }) => scope.node ?? '');
    const node = facts.node(names[0] ?? '');
    const first =
      node === undefined
        ? undefined
        : pendingFirmware(node)?.adapters.find(({ activation }) => NEEDS_POWER_OFF.has(activation.rung));
    return remedyFor(facts, names, first?.activation.rung ?? 'cold', first?.activation.first);
  },
  cases: [
    {
      name: 'the daemon restarted the node and asks again (000-53)',
      kind: 'broken',
      objects: [
        gpuNode('a', {}),
        nodeState('a', { syncStatus: 'InProgress', desired: 'Reboot_Required', current: 'DrainComplete' }),
      ],
      texts: { 'host/a/mstconfig.txt': SETTINGS },
      says: 'still wants a restart',
    },
    {
      name: 'a machine that is known to need it',
      kind: 'broken',
      objects: [gpuNode('a', {}, { labels: { 'nvidia.com/gpu.machine': 'DGXB200' } }), nodeState('a')],
      texts: { 'host/a/mstconfig.txt': SETTINGS },
      says: 'warm restart has been seen to leave',
    },
    {
      name: 'pending on a machine about which nothing is known: a warm restart may do',
      kind: 'look-alike',
      objects: [gpuNode('a', {}), nodeState('a')],
      texts: { 'host/a/mstconfig.txt': SETTINGS },
    },
    {
      name: 'a DGX with nothing pending',
      kind: 'healthy',
      objects: [gpuNode('a', {}, { labels: { 'nvidia.com/gpu.machine': 'DGXB200' } }), nodeState('a')],
      texts: { 'host/a/mstconfig.txt': SETTINGS.replace('16   8', '8   8') },
    },
    {
      name: 'no firmware settings at all',
      kind: 'lacking',
      objects: [nodeState('a', { syncStatus: 'InProgress', desired: 'Reboot_Required', current: 'DrainComplete' })],
      says: 'firmware settings',
    },
  ],
});
