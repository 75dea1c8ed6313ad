/** The BMC refuses the boot device that Ironic asks for: once-only overrides, read-only modes, targets that it does not have. */
import { textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Finding, RemedyStep, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { anObject } from '../world-operator.ts';
import { nodeText, nodeUuid, portText, systemText } from '../world-bare-metal.ts';
import { systemOf } from '../../../smartnic/explain/node-findings.ts';
import { isTroubled } from './node-cause.ts';
import { bareMetalNodes, isWell, nodeBy, placeOf, quote, scopeOfNode, type BareMetalNode } from './nodes.ts';

const RULE = 'boot-override-refused';

/** What was refused, by the words of the BMC or of the library that speaks to it; first match counts. */
const KINDS = [
  {
    kind: 'persistent',
    words: /Continuous\b.*BootSourceOverrideEnabled|BootSourceOverrideEnabled\b.*Continuous/,
    because: 'the BMC takes boot overrides for one boot only, and Ironic asked for one that stays (Continuous)',
  },
  {
    kind: 'settings',
    words: /FutureState|OperationSupportedInFutureStateURI|must be (?:set|changed) (?:at|through|via) .*Settings/i,
    because: 'the BMC takes boot settings at its settings resource only, and Ironic wrote to the system itself',
  },
  {
    kind: 'mode',
    words: /BootSourceOverrideMode|boot mode .*(?:read[- ]only|not (?:writable|supported))/i,
    because: 'the BMC does not let the boot mode be written along with the boot device',
  },
  {
    kind: 'setup',
    words:
      /BootSource\.BIOS_SETUP"? is invalid|Invalid boot device bios|\bBiosSetup\b.*(?:not in the list|not supported|invalid)/i,
    because: 'the BMC offers no boot into its setup, in which the host is held while its card is wired',
  },
  {
    kind: 'target',
    words:
      /BootSource\.\w+"? is invalid|Invalid boot device \S+ specified|BootSourceOverrideTarget.*(?:not in the list|not supported|invalid)/i,
    because: 'the BMC does not have the boot device that Ironic asked for',
  },
] as const;

type Kind = (typeof KINDS)[number]['kind'] | 'other';

/** The library writes both what was sent and what came back into one line: only what came back tells. */
const answerIn = (text: string): string => text.replace(/^.*?(?:returned code \d+\.?|Error: )/, '');

const kindOf = (text: string): { readonly kind: Kind; readonly because: string } => {
  const answer = answerIn(text);
  return (
    KINDS.find(({ words }) => words.test(answer)) ?? {
      kind: 'other',
      because: 'the BMC refused to set the boot device',
    }
  );
};

interface Refusal {
  readonly node: string | undefined;
  readonly text: string;
  readonly evidence: readonly Evidence[];
}

const REFUSED =
  /set boot device failed|setting (?:the )?boot device.*failed|Invalid boot device \S+ specified|BootSource\.\w+"? is invalid|BootSourceOverride\w*.*(?:not in the list|not supported|read[- ]only|not writable|invalid)|OperationSupportedInFutureStateURI|failed to set (?:the )?(?:PXE boot|boot (?:device|order|override|source))/i;

const refusals = (facts: Facts): readonly Refusal[] => {
  const fromLog = facts
    .lines(`${RULE}/refused`)
    // The record of a node says its last error itself.
    .filter(({ text }) => text.kind === 'log' || !/last[_ ]error/i.test(text.text))
    .map(({ line, origin, groups }): Refusal => ({
      node: groups['node'] ?? /node ([\w-]{36})/.exec(line)?.[1],
      text: line,
      evidence: [textEvidence(origin, line)],
    }));
  const fromNodes = bareMetalNodes(facts).flatMap(({ node, name }) =>
    node.lastError !== undefined && REFUSED.test(node.lastError)
      ? [
          {
            node: node.uuid ?? name,
            text: node.lastError,
            evidence: [quote(facts, node.origin, /last_error/, node.lastError)],
          },
        ]
      : [],
  );
  const merged = new Map<string, Refusal>();
  for (const one of [...fromNodes, ...fromLog]) {
    const key = nodeBy(facts, one.node)?.name ?? one.node ?? '';
    const before = merged.get(key);
    merged.set(
      key,
      before === undefined
        ? one
        : { ...before, text: one.text, evidence: [...before.evidence, ...one.evidence].slice(-3) },
    );
  }
  return [...merged.values()];
};

const ofNode = (facts: Facts, known: BareMetalNode | undefined, kind: Kind): readonly Evidence[] => {
  if (known === undefined) return [];
  const system = systemOf(known.node, facts.bareMetal());
  const forced = known.node.forcePersistentBootDevice;
  return [
    ...(kind === 'persistent' && forced !== undefined
      ? [
          quote(
            facts,
            known.node.origin,
            /force_persistent_boot_device/,
            `force_persistent_boot_device: ${JSON.stringify(forced)}`,
          ),
        ]
      : []),
    ...(system === undefined
      ? []
      : kind === 'persistent'
        ? [
            quote(facts, system.origin, /BootSourceOverrideMode"/, 'BootSourceOverrideMode'),
            quote(
              facts,
              system.origin,
              /BootSourceOverrideEnabled@/,
              `allowed: ${system.enabledValues?.join(', ') ?? '?'}`,
            ),
          ]
        : [
            quote(
              facts,
              system.origin,
              /BootSourceOverrideTarget@/,
              `offered: ${system.bootTargets?.join(', ') ?? '?'}`,
            ),
          ]),
  ];
};

const alwaysForced = (known: BareMetalNode | undefined): boolean =>
  known?.findings.some(({ id }) => id === 'persistent-boot-forced') === true;

const judge = (facts: Facts, refusal: Refusal): Statement => {
  const known = nodeBy(facts, refusal.node);
  const scope = scopeOfNode(facts, refusal.node);
  if (known !== undefined && isWell(known))
    return { says: 'clear', scope, saw: 'nodes whose boot device was refused rest without an error now' };
  const { kind, because } = kindOf(refusal.text);
  const name = known?.name ?? refusal.node;
  const hasSmartNic = known?.pictures.some(({ port }) => port.isSmartNic === true);
  return {
    says: 'finding',
    scope,
    because:
      `${name === undefined ? 'A node' : `Node ${name}`}: ${because}` +
      (kind === 'persistent' && alwaysForced(known)
        ? `, because driver_info.force_persistent_boot_device is ${String(known?.node.forcePersistentBootDevice)}`
        : '') +
      '; the operation stopped there',
    confidence: 'proven',
    sameAs: kind,
    evidence: [...refusal.evidence, ...ofNode(facts, known, kind)],
    against: kind === 'persistent' ? ['the boot device itself is one that the BMC has, and the boot mode fits'] : [],
    lacks:
      hasSmartNic === undefined || (hasSmartNic === false && known?.pictures.length === 0)
        ? [
            {
              what: `the ports of node ${name ?? 'NODE'}`,
              why: 'a boot into setup is asked for where a port is a smart NIC',
              settle: `openstack baremetal port list --node ${name ?? 'NODE'} --long`,
            },
          ]
        : [],
  };
};

/** No refusal was read of a node that failed, and the record and the BMC's own document say that there must have been one. */
const foreseen = (facts: Facts): readonly Statement[] =>
  bareMetalNodes(facts)
    .filter(isTroubled)
    .flatMap((known): readonly Statement[] =>
      known.findings
        .filter(
          ({ id, because, level }) =>
            level === 'problem' &&
            ((id === 'persistent-boot-forced' && /accepts only/.test(because)) || id === 'no-bios-setup'),
        )
        .map((found) => ({
          says: 'finding',
          scope: { node: known.name },
          because: `Node ${known.name}: ${found.says}; ${found.because}`,
          confidence: 'likely',
          sameAs: found.id === 'no-bios-setup' ? 'setup' : 'persistent',
          evidence: placeOf(facts, found, /force_persistent_boot_device|BootSourceOverride(?:Enabled|Target)@/),
        })),
    );

const check = (facts: Facts): readonly Statement[] => {
  const told = refusals(facts).map((one) => judge(facts, one));
  const named = new Set(told.filter(({ says }) => says === 'finding').map(({ scope }) => scope.node));
  const more = foreseen(facts).filter(({ scope }) => !named.has(scope.node));
  if (told.length + more.length > 0) return [...told, ...more];
  const read = facts.bareMetal();
  if (read.nodes.length === 0) return [];
  return read.systems.length > 0 ||
    facts.snapshot.texts.some(({ kind, text }) => kind === 'log' && /ironic/.test(text.slice(0, 10_000)))
    ? [{ says: 'clear', scope: {}, saw: 'no BMC that was looked at refuses the boot device' }]
    : bareMetalNodes(facts)
        .filter((known) => !isWell(known))
        .map((known) => ({
          says: 'unknown',
          scope: { node: known.name },
          lack: {
            what: `what the BMC of ${known.name} answers about its boot device`,
            why: 'a refused boot device stops every flow before power is touched',
            settle: `grep 'boot device' ironic-conductor.log; curl -sku USER https://BMC${known.node.redfishSystem ?? '/redfish/v1/Systems/1'}`,
          },
        }));
};

const nodesOf = (findings: readonly Finding[], kind: Kind): readonly string[] =>
  findings
    .filter(({ sameAs }) => sameAs === kind)
    .map(({ scope }) => scope.node ?? 'NODE')
    .slice(0, 3);

const STEPS: Readonly<Record<Kind, (nodes: readonly string[]) => readonly RemedyStep[]>> = {
  persistent: (nodes) => [
    {
      text: 'Let Ironic ask for one-time overrides: take force_persistent_boot_device away, or set it to Never. Then repeat the operation.',
      command: nodes
        .map((node) => `openstack baremetal node unset ${node} --driver-info force_persistent_boot_device`)
        .join('\n'),
      risk: 'the node boots from its own boot order after the next boot; a disk that cannot boot shows then',
    },
    {
      text: 'With a smart NIC a lasting override of BiosSetup would do harm even where it is taken: the host would stop in its setup at every boot.',
    },
  ],
  settings: () => [
    {
      text: 'Take a release of Ironic and sushy that writes to @Redfish.Settings where the BMC announces it, or a newer firmware of the BMC.',
    },
  ],
  mode: (nodes) => [
    {
      text: 'Set the boot mode in the firmware setup once, and state it at the node, so that Ironic does not write it.',
      command: nodes
        .map((node) => `openstack baremetal node set ${node} --property capabilities='boot_mode:uefi'`)
        .join('\n'),
    },
  ],
  setup: () => [
    {
      text: 'Take a firmware of the BMC that lists BiosSetup among its boot targets. A card with power of its own needs no such boot: state its power domain, and no host has to be held in setup.',
    },
  ],
  target: () => [
    {
      text: 'Compare the boot device that was asked for with those that the BMC lists, and choose another boot interface.',
    },
  ],
  other: () => [
    {
      text: 'Read the BMC’s own words in the line, and set the same boot device by hand once to see whether the BMC takes it at all.',
    },
  ],
};

const PERSISTENT = `ERROR ironic.drivers.modules.redfish.management [req-1] Redfish set boot device failed for node ${nodeUuid}. Error: HTTP PATCH https://192.0.2.1/redfish/v1/Systems/1 returned code 400. Base.1.8.PropertyValueNotInList: The value Continuous for the property BootSourceOverrideEnabled is not in the list of acceptable values.\n`;
const FAILED = { provision_state: 'deploy failed', power_state: 'power off' };

export const bootOverrideRefused = defineRule({
  id: RULE,
  title: 'The BMC refuses the boot device',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { refused: REFUSED },
  explain:
    'Before each change of networks or of the system Ironic sets the next boot device by Redfish. Newer schemas allow only one-time overrides in UEFI mode; force_persistent_boot_device Always asks for lasting ones and is then refused. ' +
    'Other BMCs take no boot mode beside the device, want the settings resource, or have no boot into setup, which a smart NIC needs that shares its host’s power. The refusal comes before any power action.',
  sources: [
    'openstack-discuss 2020-04: Redfish persistent boot in UEFI mode',
    'metal3-io/baremetal-operator PR 493',
    'DMTF/Redfish-Tacklebox #144',
    'ironcore-dev/metal-operator #606',
    'reference smartnic-baremetal.md 1.10, 5.1, 7.1',
  ],
  check,
  remedy: (findings) =>
    [...new Set(findings.map(({ sameAs }) => (sameAs ?? 'other') as Kind))].flatMap((kind) => STEPS[kind](nodesOf(findings, kind))),
  cases: [
    { name: 'a lasting override in UEFI mode (003)', kind: 'broken', objects: [], texts: { 'ironic-conductor.log': PERSISTENT, 'node.json': nodeText({ ...FAILED, driver_info: { force_persistent_boot_device: 'Always' } }) }, says: 'force_persistent_boot_device is Always' },
    { name: 'the record alone names it', kind: 'broken', objects: [], texts: { 'node.json': nodeText({ ...FAILED, last_error: PERSISTENT }) }, says: 'one boot only' },
    { name: 'no boot into setup', kind: 'broken', objects: [], texts: { 'node.json': nodeText({ ...FAILED, provision_state: 'clean failed', last_error: `Failed to prepare node ${nodeUuid} for cleaning: Invalid boot device bios specified.` }) }, says: 'boot into its setup' },
    { name: 'the settings resource', kind: 'broken', objects: [], texts: { 'ironic-conductor.log': `ERROR Redfish set boot device failed for node ${nodeUuid}. Error: HTTP PATCH https://192.0.2.1/redfish/v1/Systems/Self returned code 400. Ami.1.0.OperationSupportedInFutureStateURI: Support of this Operation for Boot Properties is moved to FutureState URI\n` }, says: 'settings resource' },
    { name: 'a BMC without setup, and a smart NIC', kind: 'broken', objects: [], texts: { 'node.json': nodeText(FAILED), 'port.json': portText(), 'system.json': systemText({ 'BootSourceOverrideTarget@Redfish.AllowableValues': ['Pxe', 'Hdd'] }) }, says: 'offers no boot into setup' },
    { name: 'Metal3 repeats it', kind: 'broken', objects: [anObject('metal3.io/v1alpha1', 'BareMetalHost', 'bm-7', { status: { errorMessage: PERSISTENT, errorType: 'provisioning error', provisioning: { state: 'provisioning' } } })], says: 'bm-7' },
    { name: 'nothing was refused', kind: 'healthy', objects: [], texts: { 'node.json': nodeText(), 'system.json': systemText() } },
    { name: 'a failed node, and neither log nor BMC', kind: 'lacking', objects: [], texts: { 'node.json': nodeText(FAILED) }, says: 'its boot device' },
    { name: 'refused in May, active since', kind: 'look-alike', objects: [], texts: { 'ironic-conductor.log': PERSISTENT, 'node.json': nodeText() } },
    { name: 'forced, and the BMC takes it', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText({ driver_info: { force_persistent_boot_device: 'Always' } }), 'system.json': systemText() } },
    { name: 'a BMC without setup, and a node that is well', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText(), 'port.json': portText(), 'system.json': systemText({ 'BootSourceOverrideTarget@Redfish.AllowableValues': ['Pxe', 'Hdd'] }) } },
    { name: 'an ordinary node needs no boot into setup', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText(FAILED), 'port.json': portText({ is_smartnic: false, local_link_connection: { switch_id: '02:00:5e:cc:00:01', port_id: 'Eth1' } }), 'system.json': systemText({ 'BootSourceOverrideTarget@Redfish.AllowableValues': ['Pxe', 'Hdd'] }) } },
  ],
}); // prettier-ignore
