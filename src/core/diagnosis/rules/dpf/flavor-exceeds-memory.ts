/** The flavor takes so much of the card's memory for huge pages that its system cannot boot (doca-platform #17). */
import { digList, digText } from '../../../model/dig.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { anObject } from '../world-operator.ts';
import { aDpu, dpfNamespace } from '../world-dpf.ts';
import { nodeNameOf, phaseOf } from './dpu-facts.ts';

const RULE = 'flavor-exceeds-memory';
const MIB_PER_GIB = 1024;

/** What a card's system needs beside huge pages: cards with 16 GB did not boot with 12 GB of them (#17). */
const LEFT_FOR_SYSTEM_MIB = 5 * MIB_PER_GIB;

const PAGE_MIB: Readonly<Record<string, number>> = {
  '2M': 2,
  '2048K': 2,
  '512M': 512,
  '524288K': 512,
  '1G': 1024,
  '1048576K': 1024,
  '32M': 32,
  '64K': 1 / 16,
};

const pageMib = (size: string): number | undefined => PAGE_MIB[size.toUpperCase().replace(/B$/, '')];

/** `hugepagesz=SIZE hugepages=N` of the kernel command line, and vm.nr_hugepages of sysctl (pages of 2 MiB). */
const hugePagesMib = (flavor: SnapshotObject): number => {
  let mib = 0;
  let page = 2;
  for (const parameter of digList(flavor.object, 'spec', 'grub', 'kernelParameters')) {
    if (typeof parameter !== 'string') continue;
    for (const word of parameter.split(/\s+/)) {
      const [key, value = ''] = word.split('=');
      if (key === 'hugepagesz' || key === 'default_hugepagesz') page = pageMib(value) ?? page;
      if (key === 'hugepages' && /^\d+$/.test(value)) mib += Number(value) * page;
    }
  }
  const counts = digList(flavor.object, 'spec', 'sysctl', 'parameters').flatMap((parameter) => {
    const found = typeof parameter === 'string' ? /^vm\.nr_hugepages\s*=\s*(\d+)$/.exec(parameter.trim()) : null;
    return found === null ? [] : [Number(found[1]) * 2];
  });
  return Math.max(mib, ...counts, 0);
};

interface Memory {
  readonly mib: number;
  readonly evidence: readonly Evidence[];
}

const UNITS: Readonly<Record<string, number>> = {
  Gi: MIB_PER_GIB,
  G: 1e9 / 2 ** 20,
  Mi: 1,
  M: 1e6 / 2 ** 20,
  Ki: 1 / 1024,
};

const quantityMib = (text: string): number | undefined => {
  const found = /^(\d+(?:\.\d+)?)(Gi|G|Mi|M|Ki)?$/.exec(text);
  if (found === null) return undefined;
  const unit = found[2];
  return Number(found[1]) * (unit === undefined ? 1 / 2 ** 20 : (UNITS[unit] ?? 1));
};

/** The card's memory by what a host or the card itself printed; by the flavor's own statement where nothing did. */
const memoryOf = (facts: Facts, node: string | undefined, flavor: SnapshotObject): Memory | undefined => {
  const lines = facts.lines(`${RULE}/memory`).filter(({ text }) => {
    const on = facts.nodeOfText(text);
    return on === undefined || node === undefined || on === node;
  });
  for (const { groups, line, origin } of lines) {
    const mib =
      groups['gb'] !== undefined
        ? Number(groups['gb']) * MIB_PER_GIB
        : groups['kb'] !== undefined
          ? Number(groups['kb']) / 1024
          : Number.NaN;
    // A host has more than any card: what says hundreds of gigabytes speaks of the host.
    if (Number.isFinite(mib) && mib <= 64 * MIB_PER_GIB) return { mib, evidence: [textEvidence(origin, line)] };
  }
  const stated = digText(flavor.object, 'spec', 'dpuResources', 'memory');
  const mib = stated === undefined ? undefined : quantityMib(stated);
  return mib === undefined ? undefined : { mib, evidence: [fieldEvidence(flavor, ['spec', 'dpuResources', 'memory'])] };
};

const gib = (mib: number): string => `${Math.round((mib / MIB_PER_GIB) * 10) / 10} GiB`;

const judge = (facts: Facts, flavor: SnapshotObject): readonly Statement[] => {
  const { name, namespace } = flavor.object.metadata;
  const pages = hugePagesMib(flavor);
  const cards = facts
    .objects('DPU')
    .filter(({ object }) => digText(object, 'spec', 'dpuFlavor') === name && object.metadata.namespace === namespace);
  if (pages === 0)
    return cards.length > 0
      ? [{ says: 'clear', scope: {}, saw: 'flavors leave the card the memory that it needs' }]
      : [];
  const pageEvidence = fieldEvidence(flavor, ['spec', 'grub', 'kernelParameters'], `huge pages: ${gib(pages)}`);
  return cards.flatMap((card): readonly Statement[] => {
    const node = nodeNameOf(card);
    const scope = node === undefined ? { object: `DPUFlavor/${namespace ?? ''}/${name}` } : { node };
    const phase = phaseOf(card);
    const memory = memoryOf(facts, node, flavor);
    if (phase === 'Ready') return [{ says: 'clear', scope, saw: 'flavors leave the card the memory that it needs' }];
    if (memory === undefined)
      return pages < 8 * MIB_PER_GIB
        ? []
        : [
            {
              says: 'unknown',
              scope,
              lack: {
                what: `the memory of the card${node === undefined ? '' : ` in ${node}`}`,
                why: `flavor ${name} keeps ${gib(pages)} of it as huge pages, which a card with 16 GB does not survive`,
                settle: `lspci -vv | grep -i 'on-board DDR'   # on ${node ?? 'the host'}; or the card's console over rshim`,
              },
            },
          ];
    if (memory.mib - pages >= LEFT_FOR_SYSTEM_MIB)
      return [{ says: 'clear', scope, saw: 'flavors leave the card the memory that it needs' }];
    return [
      {
        says: 'finding',
        scope,
        because: `Flavor ${name} keeps ${gib(pages)} of the card's ${gib(memory.mib)} as huge pages${node === undefined ? '' : ` (host ${node})`}; its system cannot boot with the rest, the host then shows no function of the card, and neither a restart nor a new DPU object mends that`,
        confidence: memory.evidence[0]?.field === undefined ? 'proven' : 'likely',
        sameAs: name,
        evidence: [
          pageEvidence,
          ...memory.evidence,
          fieldEvidence(card, ['status', 'phase']),
          ...facts
            .lines(`${RULE}/console`)
            .slice(0, 2)
            .map(({ origin, line }) => textEvidence(origin, line)),
        ],
      },
    ];
  });
};

const flavor = (pages: number, more: Readonly<Record<string, unknown>> = {}) =>
  anObject('provisioning.dpu.nvidia.com/v1alpha1', 'DPUFlavor', 'flavor', { metadata: { name: 'flavor', namespace: dpfNamespace }, spec: { grub: { kernelParameters: ['console=hvc0', 'hugepagesz=2048kB', `hugepages=${pages}`] }, ...more } }); // prettier-ignore
const stuck = aDpu('c', { node: 'h1', phase: 'OS Installing' });
const CARD =
  '08:00.0 ... Product Name: NVIDIA BlueField-3 B3140L E-Series FHHL SuperNIC, 400GbE, 8 Arm cores, 16GB on-board DDR\n';

export const flavorExceedsMemory = defineRule({
  id: RULE,
  title: 'The flavor takes more memory than the card has',
  severity: 'critical',
  role: 'cause',
  needs: [],
  lines: {
    memory: /(?<gb>\d+) ?GB on-?board DDR|^MemTotal:\s+(?<kb>\d+) kB/i,
    console: /Out of memory|Kernel panic - not syncing: (?:System is deadlocked on memory|Out of memory)|HugeTLB: allocating \d+ of page size .* failed/,
  },
  explain:
    'A flavor states huge pages on the kernel command line of the card. A SuperNIC has 16 GB, other BlueField-3 cards 32 GB: 12 GB of huge pages leave a 16 GB card too little to boot. Its cores then hang, the host sees no network function of it, DMS crashes, and no object can mend it: the card has to be written by hand over rshim. Flavors are immutable.',
  sources: ['NVIDIA/doca-platform #17 (ref 4200717)', 'reference dpf.md 7.1 (15)'],
  thenExpect: 'the cards need an image by hand over rshim before DPF can take them again',
  check: (facts) => facts.objects('DPUFlavor').flatMap((one) => judge(facts, one)),
  remedy: (findings, facts) => [
    {
      text: 'Stop it before more cards are installed: write a flavor with fewer huge pages for these cards, and point their DPUSet at it.',
      command: `${facts.cli} get dpusets -A -o yaml | grep -n dpuFlavor`,
      risk: 'every card of a DPUSet whose flavor changes is installed anew',
    },
    {
      text: 'Cards that hang already: write a BFB over rshim by hand from the host, then bind the functions again.',
      command: findings.slice(0, 3).map(({ scope }) => `bfb-install --rshim rshim0 --bfb FILE.bfb   # on ${scope.node ?? 'the host'}`).join('\n'),
      risk: 'all that was on the card is gone; see that it is the right rshim device',
    },
  ],
  cases: [
    { name: '12 GB of 16 GB (the card says so)', kind: 'broken', objects: [flavor(6144), stuck], texts: { 'h1/lspci.txt': CARD }, says: '12 GiB of the card' },
    { name: 'the flavor itself states 16 GB', kind: 'broken', objects: [flavor(6656, { dpuResources: { cpu: 8, memory: '16Gi' } }), stuck], says: '13 GiB' },
    { name: 'sysctl asks for them', kind: 'broken', objects: [flavor(0, { sysctl: { parameters: ['vm.nr_hugepages=7168'] }, dpuResources: { memory: '16Gi' } }), stuck], says: '14 GiB' },
    { name: 'cards are ready with it', kind: 'healthy', objects: [flavor(6144), aDpu('c', { node: 'h1' })] },
    { name: 'the memory of the card is not known', kind: 'lacking', objects: [flavor(6144), stuck], says: 'the memory of the card' },
    { name: '6 GB on 16 GB', kind: 'look-alike', objects: [flavor(3072), stuck], texts: { 'h1/lspci.txt': CARD } },
    { name: '12 GB on 32 GB', kind: 'look-alike', objects: [flavor(6144), stuck], texts: { 'h1/lspci.txt': CARD.replace('16GB', '32GB') } },
    { name: 'the memory of the host', kind: 'look-alike', objects: [flavor(3072), stuck], texts: { 'h1/meminfo.txt': 'MemTotal:       527942792 kB\n' } },
  ],
}); // prettier-ignore
