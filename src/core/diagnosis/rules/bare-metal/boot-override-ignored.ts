/** The BMC says yes to a boot override and does not keep it: it shows another one afterwards, or the host boots past it. */
import { factsOfState } from '../../../smartnic/provision-state.ts';
import type { SystemFacts } from '../../../smartnic/readers/bare-metal-facts.ts';
import { systemOf } from '../../../smartnic/explain/node-findings.ts';
import { textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Finding, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { nodeText, nodeUuid, portText, systemText } from '../world-bare-metal.ts';
import { ASK_LINE, bootAsks, type BootAsk } from './boot-asks.ts';
import { bareMetalNodes, isWell, quote, type BareMetalNode } from './nodes.ts';

const RULE = 'boot-override-ignored';

/** The host left its firmware: what was asked for the next boot is spent, or was passed over. */
const BOOTED = new Set(['OSBootStarted', 'OSRunning']);

interface Shown {
  readonly says: string;
  readonly evidence: Evidence;
  readonly confidence: 'proven' | 'likely';
}

const isLater = ({ origin }: SystemFacts, ask: BootAsk): boolean =>
  origin.source === ask.line.origin.source && (origin.line ?? 0) > ask.line.origin.line;

/** The power was switched on behind the request: a one-time override is spent then, and none is left to be seen. */
const poweredOnSince = (facts: Facts, ask: BootAsk): boolean =>
  facts
    .lines(`${RULE}/on`)
    .some(({ origin }) => origin.source === ask.line.origin.source && origin.line > ask.line.origin.line);

const shownBy = (
  facts: Facts,
  ask: BootAsk,
  system: SystemFacts,
  known: BareMetalNode | undefined,
): Shown | undefined => {
  const later = isLater(system, ask);
  const { overrideEnabled: enabled, overrideTarget: target, powerState, lastProgress } = system;
  const at = (words: RegExp, otherwise: string): Evidence => quoteIn(facts, system, words, otherwise);
  if (ask.enabled === 'Once' && enabled === 'Continuous')
    return {
      says: `shows it as Continuous, for every boot (${target ?? 'no target'})`,
      evidence: at(/BootSourceOverrideEnabled"/, 'Continuous'),
      confidence: 'proven',
    };
  const spent = powerState !== 'Off' || poweredOnSince(facts, ask);
  const gone = enabled === 'Disabled' || target === 'None';
  if (gone && ask.enabled !== 'Disabled' && (later ? !poweredOnSince(facts, ask) : !spent))
    return {
      says: `shows no override (${enabled ?? '?'}, ${target ?? '?'})`,
      evidence: at(/BootSourceOverrideEnabled"/, `${enabled ?? '?'}`),
      confidence: later ? 'proven' : 'likely',
    };
  if (
    later &&
    ask.target !== undefined &&
    target !== undefined &&
    target !== ask.target &&
    !gone &&
    !poweredOnSince(facts, ask)
  )
    return {
      says: `shows ${target} in place of ${ask.target}`,
      evidence: at(/BootSourceOverrideTarget"/, target),
      confidence: 'proven',
    };
  const isWaiting = known !== undefined && factsOfState(known.node.provisionState ?? '')?.phase !== 'stable';
  if (ask.target === 'BiosSetup' && lastProgress !== undefined && BOOTED.has(lastProgress) && (later || isWaiting))
    return {
      says: `lets the host boot its system (${lastProgress}) in place of its setup`,
      evidence: at(/LastState/, lastProgress),
      confidence: 'likely',
    };
  return undefined;
};

const quoteIn = (facts: Facts, system: SystemFacts, words: RegExp, otherwise: string): Evidence => {
  // Several documents may stand in one text: the one that was read counts, from its own line on.
  const text = facts.snapshot.texts.find(({ origin: { source } }) => source === system.origin.source);
  const from = (system.origin.line ?? 1) - (text?.origin.line ?? 1);
  const lines = text?.text.split('\n') ?? [];
  const at = lines.findIndex((line, index) => index >= from && words.test(line));
  return at < 0
    ? quote(facts, system.origin, words, otherwise)
    : textEvidence({ source: system.origin.source, line: (text?.origin.line ?? 1) + at }, lines[at] ?? '');
};

/** ipmitool shows no override behind a `bootdev` that it took. */
const shownByIpmi = (facts: Facts, ask: BootAsk): Shown | undefined => {
  const line = facts
    .lines(`${RULE}/ipmi`)
    .find(({ origin }) => origin.source === ask.line.origin.source && origin.line > ask.line.origin.line);
  return line === undefined
    ? undefined
    : {
        says: `shows none of it (${line.line.replace(/^[\s-]+/, '')})`,
        evidence: textEvidence(line.origin, line.line),
        confidence: 'proven',
      };
};

const nodeFor = (facts: Facts, ask: BootAsk): BareMetalNode | undefined => {
  const nodes = bareMetalNodes(facts);
  const uuid = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(ask.line.line)?.[0];
  return (
    nodes.find(
      ({ node }) =>
        (uuid !== undefined && node.uuid === uuid) ||
        (node.redfishSystem !== undefined && ask.line.line.includes(node.redfishSystem) && nodes.length === 1),
    ) ?? (nodes.length === 1 ? nodes[0] : undefined)
  );
};

/** A part of the system's document (`jq .Boot`) that was printed behind the request, by its lines. */
const partBehind = (facts: Facts, ask: BootAsk): readonly SystemFacts[] => {
  const lines = facts
    .lines(`${RULE}/shown`)
    .filter(
      ({ origin, line }) =>
        origin.source === ask.line.origin.source && origin.line >= ask.next && !/PATCH|HTTP request/.test(line),
    );
  const valueOf = (key: string): string | undefined =>
    lines.find(({ groups }) => groups['key'] === key)?.groups['value'];
  const [first] = lines;
  const [enabled, target] = [valueOf('Enabled'), valueOf('Target')];
  if (first === undefined) return [];
  return [
    {
      origin: first.origin,
      ...(enabled === undefined ? {} : { overrideEnabled: enabled }),
      ...(target === undefined ? {} : { overrideTarget: target }),
    },
  ];
};

const systemsFor = (facts: Facts, ask: BootAsk, known: BareMetalNode | undefined): readonly SystemFacts[] => {
  const read = facts.bareMetal();
  const same = read.systems.filter((system) => isLater(system, ask));
  // Of a text with several documents the first behind the request shows what became of it.
  if (same.length > 0) return same.slice(0, 1);
  const part = partBehind(facts, ask);
  if (part.length > 0) return part;
  const own = known === undefined ? undefined : systemOf(known.node, read);
  const elsewhere = own ?? (read.systems.length === 1 ? read.systems[0] : undefined);
  return elsewhere === undefined || elsewhere.origin.source === ask.line.origin.source ? [] : [elsewhere];
};

const asked = ({ target, enabled, mode }: BootAsk): string =>
  [target, enabled, mode].filter((part) => part !== undefined).join(', ');

const judge = (facts: Facts, ask: BootAsk): Statement | undefined => {
  if (ask.accepted === false) return undefined;
  const known = nodeFor(facts, ask);
  const scope = known === undefined ? {} : { node: known.name };
  if (known !== undefined && isWell(known) && ask.line.text.kind === 'log') return undefined;
  const shown =
    ask.by === 'ipmi'
      ? shownByIpmi(facts, ask)
      : systemsFor(facts, ask, known).flatMap((system) => shownBy(facts, ask, system, known) ?? [])[0];
  if (shown === undefined) return undefined;
  return {
    says: 'finding',
    scope,
    because: `${known === undefined ? 'A BMC' : `The BMC of ${known.name}`} ${ask.accepted === true ? 'took' : 'was sent'} the boot override ${asked(ask)}, and ${shown.says}: it does not do what it says`,
    confidence: ask.accepted === true ? shown.confidence : 'likely',
    sameAs: ask.by,
    evidence: [
      textEvidence(ask.line.origin, ask.line.line),
      ...(ask.answer === undefined
        ? []
        : [textEvidence({ source: ask.line.origin.source, line: ask.answer.number }, ask.answer.line)]),
      shown.evidence,
    ],
    against: ['the request was well formed and was not refused'],
  };
};

const check = (facts: Facts): readonly Statement[] => {
  const asks = bootAsks(facts, `${RULE}/ask`);
  const told = asks.flatMap((ask) => judge(facts, ask) ?? []);
  const byNode = new Map(told.map((one) => [one.scope.node ?? '', one]));
  if (byNode.size > 0) return [...byNode.values()];
  if (asks.length > 0 && facts.bareMetal().systems.length === 0 && facts.lines(`${RULE}/ipmi-read`).length === 0)
    return bareMetalNodes(facts)
      .filter((known) => !isWell(known))
      .map(({ name }) => ({
        says: 'unknown',
        scope: { node: name },
        lack: {
          what: `the boot override that the BMC of ${name} shows`,
          why: 'a BMC may say yes and keep nothing',
          settle: 'curl -sku USER https://BMC/redfish/v1/Systems/1   # Boot, before the host is powered on',
        },
      }));
  return facts.bareMetal().systems.length > 0
    ? [{ says: 'clear', scope: {}, saw: 'no BMC that was looked at forgets a boot override' }]
    : [];
};

const PATCH = (boot: string): string =>
  `2026-01-01 00:00:01 7 DEBUG sushy.connector [req-1] HTTP request: PATCH https://192.0.2.9/redfish/v1/Systems/1; headers: {}; body: {'Boot': ${boot}}; blocking: False;\n2026-01-01 00:00:02 7 DEBUG sushy.connector [req-1] HTTP response for PATCH https://192.0.2.9/redfish/v1/Systems/1: status code: 204\n`;
const ONCE = PATCH("{'BootSourceOverrideTarget': 'BiosSetup', 'BootSourceOverrideEnabled': 'Once'}");
const FAILED = nodeText({
  provision_state: 'deploy failed',
  power_state: 'power off',
  last_error: 'Agent on host bf2-1 failed to reach state up',
  driver_info: { redfish_system_id: '/redfish/v1/Systems/1' },
});
const CURL = `$ curl -k -X PATCH https://192.0.2.9/redfish/v1/Systems/1 \\\n  -d '{\n    "Boot": {"BootSourceOverrideTarget": "Pxe", "BootSourceOverrideEnabled": "Once"}\n  }' -i\nHTTP/1.1 204 No Content\n$ curl -k https://192.0.2.9/redfish/v1/Systems/1\n`;

export const bootOverrideIgnored = defineRule({
  id: RULE,
  title: 'The BMC takes a boot override and does not keep it',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: {
    ask: ASK_LINE,
    on: /"?ResetType"?'?: ?'?"?(?:On|ForceOn|ForceRestart|GracefulRestart|PowerCycle)\b|chassis power (?:on|cycle|reset)/,
    ipmi: /Boot Device Selector\s*:\s*No override|Boot Flag Invalid/,
    shown: /"BootSourceOverride(?<key>Enabled|Target)"\s*:\s*"(?<value>\w+)"/,
    'ipmi-read': /Boot parameter version/,
  },
  explain:
    'Ironic sets the next boot device and never reads it back: a 204 counts as done. Some BMCs take Once and keep Continuous, some forget an override that is not set together with its mode, some only take it while the host is on, and with IPMI it is dropped after 60 s unless told otherwise. The host then boots from its disk where it should have waited in its setup or booted the ramdisk. A one-time override that is gone after a boot was spent, which is right.',
  sources: ['kubevirtbmc/kubevirtbmc #165, #166', 'ironcore-dev/metal-operator #80', 'reference smartnic-baremetal.md 5.1, 5.2, 7.1, 7.2 (9)'],
  check,
  remedy: (findings: readonly Finding[]) => [
    { text: 'Set it once more by hand with its mode, with the host in the power state it will have, and read it back before anything is powered on.', command: `curl -sku USER -X PATCH -H 'Content-Type: application/json' https://BMC/redfish/v1/Systems/1 -d '{"Boot":{"BootSourceOverrideEnabled":"Once","BootSourceOverrideMode":"UEFI","BootSourceOverrideTarget":"BiosSetup"}}'; curl -sku USER https://BMC/redfish/v1/Systems/1   # Boot` },
    ...(findings.some(({ sameAs }) => sameAs === 'ipmi') ? [{ text: 'With IPMI: ask for UEFI and against the 60 s limit.', command: 'ipmitool chassis bootdev bios options=efiboot,no-timeout; ipmitool chassis bootparam get 5' }] : []),
    { text: 'Take another firmware of the BMC, or hold the host in another way: a boot order with the network first, or no boot at all where the card has power of its own.', risk: 'a changed boot order stays' },
  ],
  cases: [
    { name: 'Once becomes Continuous', kind: 'broken', objects: [], texts: { 'ironic-conductor.log': ONCE, 'node.json': FAILED, 'port.json': portText(), 'system.json': systemText({ BootSourceOverrideTarget: 'BiosSetup', BootSourceOverrideEnabled: 'Continuous' }) }, says: 'for every boot' },
    { name: 'nothing is kept, the host is still off', kind: 'broken', objects: [], texts: { 'ironic-conductor.log': ONCE, 'node.json': FAILED, 'system.json': systemText() }, says: 'shows no override' },
    { name: 'by hand: a 204 and Continuous afterwards', kind: 'broken', objects: [], texts: { 'try.txt': `${CURL}${systemText({ BootSourceOverrideTarget: 'Pxe', BootSourceOverrideEnabled: 'Continuous' }, 'On')}\n` }, says: 'took the boot override Pxe, Once' },
    { name: 'by hand: 204, and a part of the document that shows none', kind: 'broken', objects: [], texts: { 'try.txt': `$ curl -sk -X PATCH https://192.0.2.9/redfish/v1/Systems/1 -d '{"Boot":{"BootSourceOverrideTarget":"BiosSetup","BootSourceOverrideEnabled":"Once"}}' -w '%{http_code}'\n204\n$ curl -sk https://192.0.2.9/redfish/v1/Systems/1 | jq .Boot\n{\n  "BootSourceOverrideEnabled": "Disabled",\n  "BootSourceOverrideTarget": "None"\n}\n` }, says: 'shows no override' },
    { name: 'IPMI forgets it', kind: 'broken', objects: [], texts: { 'ipmi.txt': '$ ipmitool -H 192.0.2.9 chassis bootdev bios\nSet Boot Device to bios\n$ ipmitool -H 192.0.2.9 chassis bootparam get 5\nBoot parameter version: 1\n   - Boot Flag Invalid\n   - Boot Device Selector : No override\n' }, says: 'BiosSetup' },
    { name: 'the host booted its system', kind: 'broken', objects: [], texts: { 'ironic-conductor.log': ONCE, 'node.json': FAILED, 'system.json': JSON.stringify({ ...(JSON.parse(systemText({}, 'On')) as object), BootProgress: { LastState: 'OSRunning' } }, null, 2) }, says: 'OSRunning' },
    { name: 'kept', kind: 'healthy', objects: [], texts: { 'ironic-conductor.log': ONCE, 'node.json': FAILED, 'system.json': systemText({ BootSourceOverrideTarget: 'BiosSetup', BootSourceOverrideEnabled: 'Once' }) } },
    { name: 'the BMC was not read', kind: 'lacking', objects: [], texts: { 'ironic-conductor.log': ONCE, 'node.json': FAILED }, says: 'the boot override that the BMC' },
    { name: 'spent by a boot', kind: 'look-alike', objects: [], texts: { 'ironic-conductor.log': `${ONCE}DEBUG sushy.connector HTTP request: POST https://192.0.2.9/redfish/v1/Systems/1/Actions/ComputerSystem.Reset; body: {'ResetType': 'On'};\n`, 'node.json': FAILED, 'system.json': systemText({}, 'On') } },
    { name: 'refused, which is another matter', kind: 'look-alike', objects: [], texts: { 'ironic-conductor.log': `DEBUG sushy.connector HTTP request: PATCH https://192.0.2.9/redfish/v1/Systems/1; body: {'Boot': {'BootSourceOverrideTarget': 'BiosSetup', 'BootSourceOverrideEnabled': 'Continuous'}};\nERROR Redfish set boot device failed for node ${nodeUuid}. Error: returned code 400\n`, 'node.json': FAILED, 'system.json': systemText() } },
  ],
}); // prettier-ignore
