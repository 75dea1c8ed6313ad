/** More VFs are asked for than the adapter announces. */
import { digList } from '../../../model/dig.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { isSyncOver, said, sayings } from '../../said.ts';
import { anOperatorConfig } from '../world-operator.ts';
import { nodeState, pf } from '../world.ts';

const RULE = 'vfs-above-total';
const WORDS = /NumVfs\W{0,3}(?<wanted>\d+)\W{0,3} is larger than TotalVfs\W{0,3}(?<total>\d+)/i;
const VENDOR_NVIDIA = '15b3';

/** The mellanox plugin raises NUM_OF_VFS by itself, so a larger number is no fault while it runs. */
const mayRaise = (facts: Facts, vendor: string | undefined): boolean =>
  vendor === VENDOR_NVIDIA &&
  !facts
    .objects('SriovOperatorConfig')
    .some(({ object }) => digList(object, 'spec', 'disablePlugins').includes('mellanox'));

const byState = (facts: Facts): readonly Statement[] =>
  facts.nodes.flatMap((name) => {
    const state = facts.node(name)?.nodeState;
    if (state === undefined || state.syncStatus === 'Succeeded') return [];
    return state.wanted.flatMap((wanted): readonly Statement[] => {
      const seen = state.seen.find(({ pci }) => pci === wanted.pci);
      if (seen?.totalVfs === undefined || wanted.numVfs <= seen.totalVfs || mayRaise(facts, seen.vendor)) return [];
      return [
        {
          says: 'finding',
          scope: { node: name, pci: wanted.pci },
          because: `${name}: the policy wants ${wanted.numVfs} VFs of ${wanted.name ?? wanted.pci}, and the adapter announces ${seen.totalVfs}`,
          confidence: 'proven',
          sameAs: `${wanted.numVfs} ${seen.totalVfs}`,
          evidence: [textEvidence(wanted.origin, `numVfs: ${wanted.numVfs}`), textEvidence(seen.origin, `totalvfs: ${seen.totalVfs}`)],
        },
      ];
    });
  }); // prettier-ignore

const check = (facts: Facts): readonly Statement[] => {
  const told = sayings(
    said(facts, `${RULE}/said`, WORDS),
    { over: isSyncOver(facts), clear: 'nodes made their VFs since' },
    (one) => {
      const { wanted = '?', total = '?' } = one.groups;
      const configs = facts
        .objects('SriovOperatorConfig')
        .filter(({ object }) => digList(object, 'spec', 'disablePlugins').length > 0);
      return {
        because: `${one.node ?? 'A node'}: ${wanted} VFs are wanted and the adapter announces ${total}${total === '0' ? ', so SR-IOV is off in its firmware or in the BIOS' : ''}`,
        sameAs: `${wanted} ${total}`,
        evidence: configs.slice(0, 1).map((entry) => fieldEvidence(entry, ['spec', 'disablePlugins'])),
        lacks: [
          {
            what: `firmware settings of the adapter${one.node === undefined ? '' : ` on ${one.node}`}`,
            why: 'whether NUM_OF_VFS is too small, SRIOV_EN off, or a larger value not active yet',
            settle: `mstconfig -d PCI -e q NUM_OF_VFS SRIOV_EN   # on ${one.node ?? 'the node'}`,
          },
        ],
      };
    },
  );
  const found = told.filter(({ says }) => says === 'finding');
  const nodes = new Set(found.map(({ scope }) => scope.node));
  const more = byState(facts).filter(({ scope }) => !nodes.has(scope.node));
  if (found.length + more.length > 0) return [...found, ...more];
  const isAsked = facts
    .objects('SriovNetworkNodeState')
    .some(({ object }) => digList(object, 'spec', 'interfaces').length > 0);
  return told.length > 0 || !isAsked
    ? told
    : [{ says: 'clear', scope: {}, saw: 'no policy wants more VFs than an adapter announces' }];
};

const few = (totalvfs: number, sketch: Parameters<typeof nodeState>[1] = {}) => {
  const state = nodeState('a', { pfs: [pf({ seen: 0, vfs: 8 })], ...sketch });
  const [first] = digList(state, 'status', 'interfaces');
  return { ...state, status: { ...(state['status'] as object), interfaces: [{ ...(first as object), totalvfs }] } };
};

export const vfsAboveTotal = defineRule({
  id: RULE,
  title: 'More VFs are wanted than the adapter announces',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { said: WORDS },
  explain:
    'sriov_totalvfs is what the firmware announced when it booted (NUM_OF_VFS of that time), and the kernel takes no larger number. The mellanox plugin of the SR-IOV operator raises NUM_OF_VFS and asks for a restart; where it is switched off (disablePlugins), locked out or not for this vendor, nobody does.',
  sources: ['reference sriov.md F13', 'sriov-network-operator #672'],
  causedBy: ['cold-restart-pending', 'firmware-change-pending', 'sriov-disabled-in-firmware', 'kernel-lockdown', 'nv-access-error'],
  check,
  remedy: (findings) => [
    { text: 'Set NUM_OF_VFS to the number that will ever be wanted, and activate it by a restart (on some platforms a cold one).', command: `mstconfig -y -d ${findings[0]?.scope.pci ?? 'PCI'} set SRIOV_EN=1 NUM_OF_VFS=N   # on ${findings[0]?.scope.node ?? 'the node'}`, risk: 'the restart ends every pod on the node' },
    { text: 'Or lower numVfs in the policy to what the adapter announces.' },
  ],
  cases: [
    { name: 'the daemon says it', kind: 'broken', objects: [few(5, { syncStatus: 'Failed', lastSyncError: 'cannot config SRIOV device: NumVfs (8) is larger than TotalVfs (5)' })], says: '8 VFs are wanted and the adapter announces 5' },
    { name: 'the mellanox plugin is switched off', kind: 'broken', objects: [few(4, { syncStatus: 'InProgress' }), anOperatorConfig('default', { disablePlugins: ['mellanox'] })], says: 'announces 4' },
    { name: 'as many as there are', kind: 'healthy', objects: [nodeState('a')] },
    { name: 'the plugin is about to raise the number', kind: 'look-alike', objects: [few(4, { syncStatus: 'InProgress' }), anOperatorConfig()] },
  ],
}); // prettier-ignore
