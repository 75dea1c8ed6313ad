/**
 * What must hold before the power of a host is touched. Each guard that does not hold refuses with its reason and the way
 * out; what is not known refuses as well. Draining is proved elsewhere (core/visit) and is one of the facts here; Arm sides of
 * BlueFields have a machine of their own (next-arm-step.ts).
 */
import type { BmcIdentity } from '../ports/bmc.ts';

export interface PowerGuardFacts {
  readonly node: string;
  /** What the BMC said of itself, or the reason why it said nothing. */
  readonly bmc: { readonly identity: BmcIdentity } | { readonly unreachable: string };
  /** What the cluster knows of the machine (node.status.nodeInfo.systemUUID, or an inventory). */
  readonly expected: { readonly uuid?: string; readonly serial?: string };
  /** Where this very process runs; `unknown` when it cannot tell. */
  readonly weRunOn: { readonly node: string } | 'outside' | 'unknown';
  /** Another power owner that is at work: metal3, MachineHealthCheck, a person with a lock. */
  readonly otherOwner?: string;
  readonly drained: boolean | 'unknown';
}

export interface PowerRefusal {
  readonly guard: 'reachable' | 'identity' | 'ourselves' | 'owner' | 'drained';
  readonly because: string;
  readonly wayOut: string;
}

const bytesOf = (uuid: string): readonly string[] => uuid.toLowerCase().replaceAll('-', '').match(/../g) ?? [];

/** The orders in which BMCs give the same sixteen bytes: RFC 4122, SMBIOS 2.6 (first three groups swapped), IPMI 20.8 (last byte first). */
const ORDERS: readonly ((bytes: readonly string[]) => readonly string[])[] = [
  (bytes) => bytes,
  (bytes) => [
    ...bytes.slice(0, 4).toReversed(),
    ...bytes.slice(4, 6).toReversed(),
    ...bytes.slice(6, 8).toReversed(),
    ...bytes.slice(8),
  ],
  (bytes) => bytes.toReversed(),
];

const sameUuid = (a: string, b: string): boolean => {
  const wanted = bytesOf(b).join('');
  return wanted.length === 32 && ORDERS.some((order) => order(bytesOf(a)).join('') === wanted);
};

/** What boards carry whose maker wrote none: it is the same on many machines, and proves nothing. */
const isPlaceholder = (uuid: string): boolean =>
  new Set(bytesOf(uuid)).size <= 1 || uuid.toLowerCase() === '03000200-0400-0500-0006-000700080009';

const told = (uuid: string | undefined): string | undefined =>
  uuid === undefined || isPlaceholder(uuid) ? undefined : uuid;

const identityRefusal = (
  node: string,
  identity: BmcIdentity,
  expected: PowerGuardFacts['expected'],
): PowerRefusal | undefined => {
  const { serial } = expected;
  const [uuid, seen] = [told(expected.uuid), told(identity.uuid)];
  const refuse = (because: string, wayOut: string): PowerRefusal => ({ guard: 'identity', because, wayOut });
  if (uuid !== undefined && seen !== undefined)
    return sameUuid(uuid, seen)
      ? undefined
      : refuse(
          `the BMC given for ${node} answers for another machine: its UUID is ${seen}, and the node's is ${uuid}`,
          'correct the BMC address of this node',
        );
  if (serial !== undefined && identity.serial !== undefined)
    return serial === identity.serial
      ? undefined
      : refuse(
          `the BMC given for ${node} answers for another machine: its serial is ${identity.serial}, and the node's is ${serial}`,
          'correct the BMC address of this node',
        );
  return refuse(
    `whether the BMC belongs to ${node} cannot be told: neither UUID nor serial number is known on both sides`,
    'give the serial number of the machine beside its BMC address',
  );
};

/** Every guard that does not hold; power may be touched only when there is none. */
export const powerRefusals = (facts: PowerGuardFacts): readonly PowerRefusal[] => {
  const { node, bmc, expected, weRunOn, otherOwner, drained } = facts;
  const refusals: (PowerRefusal | undefined)[] = [
    'unreachable' in bmc
      ? {
          guard: 'reachable',
          because: `the BMC of ${node} gives no answer: ${bmc.unreachable}`,
          wayOut: `nicwright power check ${node}`,
        }
      : identityRefusal(node, bmc.identity, expected),
    typeof weRunOn === 'object' && weRunOn.node === node
      ? {
          guard: 'ourselves',
          because: `this process runs on ${node} itself and would go down with it`,
          wayOut: 'move the controller to another node, or run from outside',
        }
      : undefined,
    weRunOn === 'unknown'
      ? {
          guard: 'ourselves',
          because: 'on which node this process runs is not known',
          wayOut: 'set NODE_NAME from the downward API',
        }
      : undefined,
    otherOwner === undefined
      ? undefined
      : {
          guard: 'owner',
          because: `${otherOwner} is at work on the power of ${node}`,
          wayOut: `wait until it is done, or pause ${otherOwner}`,
        },
    drained === true
      ? undefined
      : {
          guard: 'drained',
          because: drained === 'unknown' ? `whether ${node} is drained is not known` : `${node} is not drained`,
          wayOut: `nicwright drain preview ${node} --for restart`,
        },
  ];
  return refusals.filter((refusal) => refusal !== undefined);
};
