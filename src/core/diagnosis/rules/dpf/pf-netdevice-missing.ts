/** The card is on the PCI bus and its function has no net device on the host: DMS and dms-init find the card by that device. */
import { digText } from '../../../model/dig.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import type { TellingLine } from '../../telling-lines.ts';
import { aCrashingDmsPod, aDmsPod, aDpu } from '../world-dpf.ts';
import { dmsPods } from './dpf-estate.ts';
import { nodeNameOf } from './dpu-facts.ts';
import { lastPodLines, scopeOfPod, type PodLine } from './pod-lines.ts';

const RULE = 'pf-netdevice-missing';

const ADDRESS = /(?:[0-9a-f]{4}[:-])?[0-9a-f]{2}[:-][0-9a-f]{2}(?:\.[0-7])?(?![0-9a-f:])/i;

/** `08:00`, as the log writes it, without domain and function. */
const slotIn = (line: string): string | undefined =>
  ADDRESS.exec(line.replace(/^.*?(?:PCI_SLOT_NAME|PCI address|for PCI|devices\/)/, ''))?.[0]
    ?.replaceAll('-', ':')
    .replace(/^[0-9a-f]{4}:/i, '')
    .replace(/\.[0-7]$/, '');

/** How the search for the device ended, by the lines behind it: DMS prints the output, or that the command failed. */
const outcome = ({ text, origin }: TellingLine): 'failed' | 'found' | 'not told' => {
  const lines = text.text.split('\n').slice(origin.line - (text.origin.line ?? 1) + 1);
  for (const line of lines.slice(0, 4)) {
    if (/run command:/.test(line)) break;
    if (/command failed|exit status [1-9]|cannot find net device/.test(line)) return 'failed';
    if (/command output: *\S|PCI_SLOT_NAME=/.test(line)) return 'found';
  }
  return 'not told';
};

/** Host text of the same node that shows the function without a driver. */
const unbound = (facts: Facts, node: string | undefined, slot: string | undefined): readonly Evidence[] =>
  facts
    .lines(`${RULE}/no-driver`)
    .filter(({ text, line }) => {
      const on = facts.nodeOfText(text);
      return (on === undefined || node === undefined || on === node) && (slot === undefined || line.includes(slot));
    })
    .slice(0, 2)
    .map(({ origin, line }) => textEvidence(origin, line));

const waitingDpu = (facts: Facts, node: string | undefined, slot: string | undefined): readonly Evidence[] =>
  facts
    .objects('DPU')
    .filter((dpu) => nodeNameOf(dpu) === node && digText(dpu.object, 'status', 'phase') !== 'Ready')
    .filter(
      ({ object }) =>
        slot === undefined ||
        JSON.stringify(object['spec'] ?? {})
          .replaceAll('-', ':')
          .includes(slot),
    )
    .slice(0, 1)
    .map((dpu) => fieldEvidence(dpu, ['status', 'phase'], `phase: ${digText(dpu.object, 'status', 'phase') ?? '?'}`));

const judge = (facts: Facts, line: PodLine): Statement | undefined => {
  const { pod, node } = line;
  const slot = slotIn(line.line);
  const host = unbound(facts, node, slot);
  const ended = /run command:/.test(line.line) ? outcome(line) : 'failed';
  if (ended === 'found')
    return { says: 'clear', scope: scopeOfPod(pod, node), saw: 'DMS found the net device of its card' };
  if (ended === 'not told' && host.length === 0)
    return {
      says: 'unknown',
      scope: scopeOfPod(pod, node),
      lack: {
        what: `the net device of the card${slot === undefined ? '' : ` ${slot}`}${node === undefined ? '' : ` on ${node}`}`,
        why: 'DMS looked for it, and the log does not say what it found',
        settle: `ls -l /sys/bus/pci/devices/0000:${slot ?? 'PCI'}.0/driver; ls /sys/class/net   # on ${node ?? 'the host'}`,
      },
    };
  return {
    says: 'finding',
    scope: { ...scopeOfPod(pod, node), ...(slot === undefined ? {} : { pci: `0000:${slot}.0` }) },
    because: `${node ?? 'The host'}: function ${slot ?? 'of the card'} has no net device${host.length > 0 ? ', because no driver is bound to it' : ''}; DMS looks for the card by that device and cannot start the installation`,
    confidence: 'proven',
    sameAs: 'no net device',
    evidence: [textEvidence(line.origin, line.line), ...host, ...waitingDpu(facts, node, slot)],
    lacks: [
      {
        what: `why no driver is bound on ${node ?? 'the host'}`,
        why: 'an earlier run unbound it, or its probe failed, which a reboot alone does not mend',
        settle: `dmesg | grep mlx5_core   # on ${node ?? 'the host'}`,
      },
    ],
  };
};

const check = (facts: Facts): readonly Statement[] => {
  const lines = [...lastPodLines(facts, `${RULE}/search`), ...lastPodLines(facts, `${RULE}/absent`)];
  const told = lines.flatMap((line) => judge(facts, line) ?? []);
  // Both lines of one log say the same thing once.
  const findings = new Map<string, Statement>();
  for (const one of told) {
    const key = `${one.says} ${one.scope.node ?? one.scope.object ?? ''}`;
    const before = findings.get(key);
    findings.set(
      key,
      before?.says === 'finding' && one.says === 'finding'
        ? { ...one, evidence: [...before.evidence.slice(0, 1), ...one.evidence] }
        : one,
    );
  }
  if (findings.size > 0) return [...findings.values()];
  return dmsPods(facts).length > 0 && facts.snapshot.texts.some(({ text }) => /bind_address|dmsinit/.test(text))
    ? [{ says: 'clear', scope: {}, saw: 'DMS logs tell of no card without a net device' }]
    : [];
};

const LOG = 'h1-dms.log';
const SEARCH = String.raw`I1205 09:12:41.007733 41 exec.go:64] run command: grep PCI_SLOT_NAME.\*08:00 /sys/class/net/\*/device/uevent`;
const pod = aDmsPod('h1-dms', { node: 'h1', init: [{ name: 'rshim-preflight' }] });
const dpu = aDpu('h1-0000-08-00', { node: 'h1', phase: 'OS Installing' });

export const pfNetdeviceMissing = defineRule({
  id: RULE,
  title: 'The card has no net device on its host',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: {
    search: /run command: grep PCI_SLOT_NAME/,
    absent:
      /cannot find net device for PCI|Network directory not found: \/sys\/bus\/pci|No network interface found in \/sys\/bus\/pci/,
    'no-driver': /cannot access '?\/sys\/bus\/pci\/devices\/[0-9a-f:.]+\/(?:driver|net)/,
  },
  explain:
    'DMS (and dms-init) finds a card by the net device of its physical function under /sys/class/net. When no driver is bound to the function the card stands on the PCI bus and has none: the search fails, and the installation of the card never begins. ' +
    'The pod itself is well, and rights, certificates and the BFB have nothing to do with it.',
  sources: ['NVIDIA/doca-platform #2', 'reference dpf.md 7.1 (2, 11)', 'internal/dmsinit/dmsinit.sh get_pf0_name'],
  causedBy: ['flavor-exceeds-memory'],
  affects: 'DPF 24.10 to 25.7; later releases find the card without it',
  thenExpect: 'the installation begins by itself: half an hour, then a restart of the host',
  check,
  remedy: (findings) => [
    {
      text: 'Bind the functions to their driver again.',
      command: findings
        .slice(0, 3)
        .map(({ scope }) => `modprobe mlx5_core; echo ${scope.pci ?? '0000:BUS:00.0'} > /sys/bus/pci/drivers/mlx5_core/bind   # on ${scope.node ?? 'the host'}`)
        .join('\n'),
    },
    {
      text: 'Or restart the host; its driver then binds at boot.',
      risk: 'everything that runs on it stops: drain it first',
    },
    { text: 'Push no BFB by hand while DMS owns the card.' },
  ],
  cases: [
    { name: 'the search fails', kind: 'broken', objects: [pod, dpu], texts: { [LOG]: `${SEARCH}\nE1205 exec.go:71] command failed: exit status 1\n` }, says: '08:00' },
    { name: 'dms-init finds no directory', kind: 'broken', objects: [aCrashingDmsPod('a-dms')], texts: { 'a-dms.dms-init.log': '[dmsinit] Error (get_pf0_name:52): Error: Network directory not found: /sys/bus/pci/devices/0000:4b:00.0/net\n' }, says: '4b:00' },
    { name: 'the log is cut and the host shows no driver', kind: 'broken', objects: [pod, dpu], texts: { [LOG]: SEARCH, 'h1/host.txt': "ls: cannot access '/sys/bus/pci/devices/0000:08:00.0/driver': No such file or directory\n" }, says: 'no driver' },
    { name: 'the search finds it', kind: 'healthy', objects: [pod], texts: { [LOG]: `${SEARCH}\nI1205 bash.go:314] command output: /sys/class/net/eth2/device/uevent:PCI_SLOT_NAME=0000:08:00.0\n` } },
    { name: 'the log ends with the search', kind: 'lacking', objects: [pod], texts: { [LOG]: SEARCH }, says: 'net device' },
    { name: 'another function of the host has no driver', kind: 'look-alike', objects: [pod], texts: { [LOG]: 'I1205 server.go:118] listening on 192.0.2.1:9339 -bind_address\n', 'h1/host.txt': "ls: cannot access '/sys/bus/pci/devices/0000:3b:00.0/driver': No such file or directory\n" } },
    { name: 'a host that is being installed', kind: 'look-alike', objects: [dpu, aDpu('x', { node: 'h2' })], texts: {} },
  ],
}); // prettier-ignore
