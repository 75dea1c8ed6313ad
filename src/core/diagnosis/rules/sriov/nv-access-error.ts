/** The firmware tool cannot reach the card's settings: three messages with three meanings, none of which names its own cause. */
import { textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { candidatesBy, type Candidate } from '../../candidates.ts';
import type { InventoryNode } from '../../../inventory/build-inventory.ts';
import type { ToolProblem } from '../../../model/adapter.ts';
import { defineRule } from '../../rule.ts';
import { nodeState, pod } from '../world.ts';

const MEANING: Partial<Readonly<Record<ToolProblem, string>>> = {
  'nv-access-check-failed': 'the first access to the register failed, for a reason that the message does not give',
  'nv-access-denied': 'the firmware lacks the register, or access to the hardware is switched off',
  'nvqc-not-supported': 'this firmware does not know the register',
  'open-failed': 'the device could not be opened',
};

/** What the message may come from; a fact that the input already holds rules its candidate out. */
const candidatesOf = (node: InventoryNode, pci: string): readonly Candidate[] => {
  const { name, lockdown } = node;
  const [locked] = candidatesBy({ fact: `kernel lockdown on ${name}`, settle: `cat /sys/kernel/security/lockdown; dmesg | grep -i lockdown   # on ${name}` }, [
    ['the kernel is locked down', '[integrity] or [confidentiality]', '[none], with secure boot on or off', 'kernel-lockdown'],
  ]);
  return [
    ...(locked === undefined ? [] : [{ ...locked, ...(lockdown?.value === 'none' ? { against: `kernel lockdown is off (${lockdown.origin.source})` } : {}) }]),
    ...candidatesBy({ fact: `the same query on the host of ${name}, and on its other cards`, settle: `mstconfig -d ${pci} -e q   # on ${name}, as root` }, [
      ['the container lacks access to PCI configuration space', 'the query works on the host', 'it fails there too'],
    ]),
    ...candidatesBy({ fact: `the state of the card on ${name}`, settle: `mstflint -d ${pci} q; dmesg | grep mlx5_core   # on ${name}` }, [
      ['the card does not answer: a recovery image, or stuck firmware', 'mstflint fails or says livefish; dmesg has time-outs', 'mstflint prints the versions'],
    ]),
    ...candidatesBy({ fact: `who has the card of ${name} open`, settle: `lsof /dev/mst/* 2>/dev/null   # on ${name}` }, [
      ['another program holds the semaphore of the card', 'lsof names one', 'nothing has it open'],
    ]),
  ];
}; // prettier-ignore

const checkNode = (facts: Facts, name: string): readonly Statement[] => {
  const node = facts.node(name);
  if (node === undefined) return [];
  const fromLog = node.daemonFacts.flatMap((fact) =>
    fact.fact === 'tool-error'
      ? [{ problem: fact.problem, device: fact.device, text: fact.text, origin: fact.origin }]
      : [],
  );
  const fromHost = node.adapters.flatMap(({ toolProblem, card }) =>
    toolProblem === undefined
      ? []
      : [{ problem: toolProblem.value, device: `${card}.0`, text: toolProblem.value, origin: toolProblem.origin }],
  );
  const places = new Set(fromLog.map(({ origin }) => `${origin.source}:${origin.line ?? 0}`));
  const errors = [
    ...fromLog,
    ...fromHost.filter(({ origin }) => !places.has(`${origin.source}:${origin.line ?? 0}`)),
  ].filter(({ problem }) => MEANING[problem] !== undefined);
  const [first] = errors;
  if (first === undefined) {
    const statusOnly = node.daemonFacts.find((fact) => fact.fact === 'exit-status');
    if (statusOnly !== undefined)
      return [
        {
          says: 'unknown',
          scope: { node: name },
          lack: {
            what: `what mstconfig printed on ${name}`,
            why: 'an exit status alone proves nothing: 3 is its code for every error',
            settle: `mstconfig -d PCI -e q   # on ${name}, or the config daemon's log at level 2`,
          },
        },
      ];
    return node.daemonFacts.length > 0
      ? [{ says: 'clear', scope: { node: name }, saw: 'config daemon logs hold no error of the firmware tool' }]
      : [];
  }
  const pci = first.device ?? 'PCI';
  const secureBoot =
    node.lockdown?.value === 'none'
      ? [`secure boot${node.secureBoot?.value === true ? ' is on and' : ''} is not the cause: kernel lockdown is off`]
      : [];
  return [
    {
      says: 'finding',
      scope: { node: name },
      because: `${name}: mstconfig cannot read ${first.device ?? 'an adapter'}: ${MEANING[first.problem] ?? ''}`,
      confidence: 'possible',
      sameAs: first.problem,
      evidence: errors.slice(0, 4).map(({ origin, text }) => textEvidence(origin, text)),
      ...(secureBoot.length === 0 ? {} : { against: secureBoot }),
      candidates: candidatesOf(node, pci),
    },
  ];
};

const LOG = 'sriov-network-config-daemon-x7k2p.log';
const daemon = pod('sriov-network-config-daemon-x7k2p', { node: 'a' });
const ERROR =
  'E0101 00:00:00.000000       1 mellanox.go:99] Error when trying to check if NV access registers are supported, exit status 3\n';

export const nvAccessError = defineRule({
  id: 'nv-access-error',
  title: 'The firmware tool cannot reach an adapter',
  severity: 'error',
  role: 'symptom',
  needs: ['daemonLog'],
  explain:
    'mstconfig has three messages about its registers, each from another place in its source. "Error when trying to check if NV access registers are supported" means that the first access failed; its text ends with rc=(n), which the daemon does not print. ' +
    'Exit status 3 is the code for any error. Secure boot matters only through kernel lockdown, which has a file of its own. ' +
    'That the container of one release lacked access was claimed (seeds/000) and is not proved: the same query on the host tells.',
  sources: [
    'seeds/000 root cause 1',
    'reference sriov.md 2.5',
    'mstflint mlxconfig/mlxcfg_generic_commander.cpp',
    'mstflint #1191',
  ],
  causedBy: ['kernel-lockdown'],
  check: (facts) => facts.nodes.flatMap((name) => checkNode(facts, name)),
  remedy: (findings) => [
    { text: 'Settle first which of the candidates it is, in the order given above; each is one command.' },
    { text: 'A cold restart of the host has cured stuck firmware in other reports.', risk: 'drain the node first' },
    {
      text: `The founding report cured it by an upgrade of the network operator; nothing in the source ties the error to a release (${findings.length} node${findings.length > 1 ? 's' : ''} here).`,
      risk: 'an upgrade changes much else at the same time',
    },
  ],
  cases: [
    {
      name: 'the register check fails (000-10)',
      kind: 'broken',
      objects: [nodeState('a', { syncStatus: 'InProgress' }), daemon],
      texts: { [LOG]: ERROR },
      says: 'the first access to the register failed',
    },
    {
      name: 'an exit status without words proves nothing (000-11)',
      kind: 'lacking',
      objects: [nodeState('a', { syncStatus: 'InProgress' }), daemon],
      texts: { [LOG]: 'E0101 00:00:00.000000       1 mellanox.go:99] exit status 3\n' },
      says: 'exit status alone proves nothing',
    },
    {
      name: 'a log that asks for a restart',
      kind: 'healthy',
      objects: [nodeState('a'), daemon],
      texts: {
        [LOG]: 'I0101 00:00:00.000000       1 mellanox_plugin.go:335] Changing TotalVfs 16 to 8, needs reboot\n',
      },
    },
    { name: 'no log was looked at', kind: 'lacking', objects: [nodeState('a')], says: 'the log of the config daemon' },
    {
      name: 'a warning of another tool',
      kind: 'look-alike',
      objects: [nodeState('a'), daemon],
      texts: {
        [LOG]:
          'I0101 00:00:00.000000       1 mellanox_plugin.go:172] mellanox-plugin needDrain false needReboot false\n',
      },
    },
  ],
});
