/** A bare-metal node whose last flow failed: a symptom, with Ironic's own words for it. */
import { REPEATED } from '../../../smartnic/ironic-client.ts';
import { factsOfState } from '../../../smartnic/provision-state.ts';
import type { Candidate } from '../../candidates.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { nodeText, portText } from '../world-bare-metal.ts';
import { isTroubled } from './node-cause.ts';
import { bareMetalNodes, isWell, quote, type BareMetalNode } from './nodes.ts';

/** Which fact is behind which words of last_error; first match counts. */
const candidatesOf = ({ name, node }: BareMetalNode): readonly Candidate[] => {
  const conductor = {
    fact: `the conductor's log for ${name}`,
    settle: `grep ${node.uuid ?? name} /var/log/ironic/ironic-conductor.log | tail -200`,
  };
  const agents = { fact: 'the agents of Neutron', settle: 'openstack network agent list -f json' };
  const neutron = {
    fact: 'the log of neutron-server',
    settle: 'grep -E "Failed to bind|Refusing to bind" /var/log/neutron/neutron-server.log | tail -50',
  };
  const bmc = {
    fact: `what the BMC of ${name} says`,
    settle: `curl -sku USER https://BMC${node.redfishSystem ?? '/redfish/v1/Systems/1'}`,
  };
  return [
    {
      cause: 'the agent of the card does not answer',
      rule: 'agent-dead-at-binding',
      provedBy: 'alive false in the list of agents',
      disprovedBy: 'alive true since before the flow',
      ...agents,
    },
    {
      cause: 'Neutron could not bind the port',
      rule: 'mechanism-driver-missing',
      provedBy: '"Failed to bind port" in its log',
      disprovedBy: 'the port is bound',
      ...neutron,
    },
    {
      cause: 'the BMC refused or forgot the boot device',
      rule: 'boot-override-refused',
      provedBy: '"set boot device failed" in the log, or another override than was asked for',
      disprovedBy: 'the override that was asked for',
      ...bmc,
    },
    {
      cause: 'the ramdisk never called back',
      provedBy: 'a timeout without a boot request on the ramdisk network',
      disprovedBy: 'a heartbeat of the ramdisk',
      ...conductor,
    },
    {
      cause: 'a port lacks its link, or was left behind by an earlier flow',
      rule: 'port-data-wrong',
      provedBy: 'the ports of the node in full',
      disprovedBy: 'complete ports, and none of another flow',
      fact: `the ports of ${name} in full`,
      settle: `openstack baremetal port list --node ${name} --long -f json`,
    },
  ];
};

const check = (facts: Facts): readonly Statement[] =>
  bareMetalNodes(facts).flatMap((known): readonly Statement[] => {
    const { name, node } = known;
    const scope = { node: name };
    if (isWell(known))
      return [{ says: 'clear', scope, saw: 'bare-metal nodes rest where they should, without an error' }];
    if (node.provisionState === undefined)
      return [
        {
          says: 'unknown',
          scope,
          lack: {
            what: `the state of ${name}`,
            why: 'without it nothing can be told',
            settle: `openstack baremetal node show ${name} -f json`,
          },
        },
      ];
    if (!isTroubled(known)) return [];
    const inSetup =
      node.powerState === 'power on' &&
      known.pictures.some(({ port }) => port.isSmartNic === true) &&
      factsOfState(node.provisionState)?.phase === 'failed';
    return [
      {
        says: 'finding',
        scope,
        because: `Node ${name} is ${node.provisionState}${node.lastError === undefined ? ', and its last error was not read' : `: ${node.lastError.replaceAll(/\s+/g, ' ').slice(0, 240)}`}${inSetup ? '; its host was left powered on, perhaps in its setup' : ''}`,
        confidence: 'proven',
        sameAs: node.lastError ?? node.provisionState,
        evidence: [
          quote(facts, node.origin, /provision(?:ing)?[_ ]state/i, node.provisionState),
          ...(node.lastError === undefined ? [] : [quote(facts, node.origin, /last[_ ]error/i, node.lastError)]),
        ],
        candidates: candidatesOf(known),
        ...(node.lastError === undefined
          ? {
              lacks: [
                {
                  what: `the last error of ${name}`,
                  why: 'it names the step that failed',
                  settle: `openstack baremetal node show ${name} -c last_error -f value`,
                },
              ],
            }
          : {}),
      },
    ];
  });

export const nodeNotProvisioned = defineRule({
  id: 'node-not-provisioned',
  title: 'A flow of a bare-metal node failed',
  severity: 'error',
  role: 'symptom',
  needs: [],
  explain:
    `A failed flow leaves the node in a failed state with last_error; it waits for a person. Ironic does not give power back after a failure, so a host with a smart NIC may stand in its setup, powered on. Clients repeat a 409 ${REPEATED.times} times: what they show last is not always what failed first.`,
  sources: ['reference smartnic-baremetal.md 0 (3), 1.10, 2.5'],
  causedBy: [
    'agent-dead-at-binding', 'agent-never-down', 'agent-cannot-bind', 'mechanism-driver-missing', 'port-data-wrong', 'port-left-behind', 'port-bound-wrongly', 'port-not-wired',
    'boot-override-refused', 'boot-override-ignored', 'setup-at-every-boot', 'bmc-not-reached', 'openstack-request-denied', 'ramdisk-network-not-found',
  ],
  check,
  remedy: (findings) => [
    { text: 'Find the cause before the flow is repeated; each try costs the waits of the one before.', command: findings.slice(0, 3).map(({ scope }) => `nicwright baremetal explain ${scope.node ?? 'NODE'} --from DIR`).join('\n') },
  ],
  cases: [
    { name: 'deploy failed', kind: 'broken', objects: [], texts: { 'node.json': nodeText({ provision_state: 'deploy failed', last_error: 'Timeout reached while waiting for callback for node' }), 'port.json': portText() }, says: 'waiting for callback' },
    { name: 'active', kind: 'healthy', objects: [], texts: { 'node.json': nodeText() } },
    { name: 'a state that is empty', kind: 'lacking', objects: [], texts: { 'node.json': nodeText({ provision_state: null }) }, says: 'the state of bm-1' },
    { name: 'a flow that runs', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText({ provision_state: 'wait call-back' }) } },
    { name: 'in maintenance by a person', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText({ maintenance: true, maintenance_reason: 'new disk' }) } },
  ],
}); // prettier-ignore
