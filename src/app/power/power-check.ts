/**
 * `power check`: whether the power of a node could be switched from here, proved without switching it. The gate of every
 * plan that cuts power; whether the node is drained is not asked here.
 */
import { digText } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { NODES } from '../../core/model/kube-resource.ts';
import type { ArmReading } from '../../core/ports/arm-side.ts';
import type { BmcAbilities } from '../../core/ports/bmc-abilities.ts';
import type { BmcIdentity, PowerState } from '../../core/ports/bmc.ts';
import type { KubeApi } from '../../core/ports/kube-api.ts';
import type { OpenBmc } from '../../core/ports/open-bmc.ts';
import { showBmcAddress } from '../../core/power/bmc-address.ts';
import { metal3Owns, type BmcEntry } from '../../core/power/bmc-entry.ts';
import { powerRefusals, type PowerRefusal } from '../../core/power/power-guards.ts';
import type { Result } from '../../core/result.ts';
import { provedArm } from './arm-sides.ts';
import { findBmcEntry, type BmcSources, type FoundBmc } from './find-bmc-entry.ts';

/** The Arm side of a BlueField that the node's entry names. */
export interface ArmCheck {
  readonly card: string;
  readonly via: string;
  readonly state: ArmReading['state'];
  /** What was read, or why nothing was. */
  readonly said: string;
}

export interface PowerCheck {
  readonly node: string;
  /** Address or command, without a secret; absent where no BMC is known. */
  readonly via?: string;
  /** Where that stands. */
  readonly source?: string;
  readonly power?: PowerState;
  readonly identity?: BmcIdentity;
  readonly abilities?: BmcAbilities;
  readonly arms?: readonly ArmCheck[];
  /** Why the power of this node cannot be switched; none: it can. */
  readonly refusals: readonly { readonly because: string; readonly wayOut: string }[];
}

export interface PowerCheckTools {
  readonly sources: BmcSources;
  readonly openBmc: OpenBmc;
  /** The node that this process runs on, where it does. */
  readonly weRunOn: { readonly node: string } | 'outside' | 'unknown';
}

/** What a plan needs at the least; a graceful shutdown may come from the operating system instead. */
const NEEDED = ['off', 'on'] as const;

const lacks = ({ requests, role }: BmcAbilities): PowerCheck['refusals'] => [
  ...NEEDED.filter((request) => !requests.includes(request)).map((request) => ({
    because: `the BMC offers no request for ${request}`,
    wayOut: 'switch this host by hand (--power manual), or by a command of the site',
  })),
  ...(role === 'ReadOnly'
    ? [{ because: 'the account may only read (role ReadOnly)', wayOut: 'give it the role Operator' }]
    : []),
];

const expectedOf = (node: KubeObject | undefined, { entry }: FoundBmc): { uuid?: string; serial?: string } => {
  const uuid = digText(node, 'status', 'nodeInfo', 'systemUUID');
  return {
    ...(uuid === undefined || uuid === '' ? {} : { uuid }),
    ...(entry.serial === undefined ? {} : { serial: entry.serial }),
  };
};

const viaOf = ({ entry: { via } }: FoundBmc): string =>
  'command' in via ? via.command.status.join(' ') : showBmcAddress(via.address);

const refusalOf = ({ message }: { readonly message: string }): PowerCheck['refusals'][number] => {
  const cut = message.indexOf('; ');
  return cut < 0
    ? { because: message.replace(/\.$/, ''), wayOut: '' }
    : { because: message.slice(0, cut), wayOut: message.slice(cut + 2).replace(/\.$/, '') };
};

/** Drained is taken as given: this asks about the BMC, and the visit asks about the pods. */
const guards = (
  node: string,
  identity: BmcIdentity,
  expected: { uuid?: string; serial?: string },
  found: FoundBmc,
  weRunOn: PowerCheckTools['weRunOn'],
): readonly PowerRefusal[] => {
  const owner = found.metalHost === undefined ? undefined : metal3Owns(found.metalHost);
  return powerRefusals({
    node,
    bmc: { identity },
    expected,
    weRunOn,
    drained: true,
    ...(owner === undefined ? {} : { otherOwner: owner }),
  });
};

const askArm = async (node: string, card: string, entry: BmcEntry, openBmc: OpenBmc): Promise<ArmCheck> => {
  const via = 'address' in entry.via ? showBmcAddress(entry.via.address) : 'a command';
  const failed = ({ message }: { readonly message: string }): ArmCheck => ({
    card,
    via,
    state: 'unknown',
    said: message.replace(/\.$/, ''),
  });
  const opened = await openBmc(`${node} ${card}`, entry);
  if (!opened.ok) return failed(opened.fault);
  try {
    const arm = await provedArm(opened.value, card, entry.serial);
    if (!arm.ok) return failed(arm.fault);
    const reading = await arm.value.read();
    return reading.ok ? { card, via: arm.value.where, ...reading.value } : failed(reading.fault);
  } finally {
    await opened.value.close();
  }
};

/** Of BlueFields that the entry does not name nothing is known here: their Arm sides are asked through the host. */
const askArms = async (node: string, { entry }: FoundBmc, openBmc: OpenBmc): Promise<readonly ArmCheck[]> => {
  const checks: ArmCheck[] = [];
  for (const [card, arm] of Object.entries(entry.arms ?? {})) checks.push(await askArm(node, card, arm, openBmc));
  return checks;
};

const untoldArms = (arms: readonly ArmCheck[]): PowerCheck['refusals'] =>
  arms
    .filter(({ state }) => state === 'unknown')
    .map(({ card, said }) => ({
      because: `whether the Arm side of the BlueField ${card} is down cannot be told: ${said}`,
      wayOut: 'correct its entry under arms, or plan with --cut-dpu-power',
    }));

const askBmc = async (
  node: string,
  object: KubeObject | undefined,
  found: FoundBmc,
  { openBmc, weRunOn }: PowerCheckTools,
): Promise<PowerCheck> => {
  const base = { node, via: viaOf(found), source: found.entry.source };
  const refused = ({ fault }: { fault: { message: string } }): PowerCheck => ({
    ...base,
    refusals: [refusalOf(fault)],
  });
  const opened = await openBmc(node, found.entry);
  if (!opened.ok) return refused(opened);
  const { bmc, close } = opened.value;
  try {
    const power = await bmc.power();
    if (!power.ok) return refused(power);
    const identity = await bmc.identity();
    if (!identity.ok) return refused(identity);
    const abilities = await bmc.abilities?.();
    if (abilities !== undefined && !abilities.ok) return refused(abilities);
    const arms = await askArms(node, found, openBmc);
    return {
      ...base,
      via: bmc.where,
      power: power.value,
      identity: identity.value,
      ...(abilities === undefined ? {} : { abilities: abilities.value }),
      ...(arms.length === 0 ? {} : { arms }),
      refusals: [
        ...guards(node, identity.value, expectedOf(object, found), found, weRunOn),
        ...(abilities === undefined ? [] : lacks(abilities.value)),
        ...untoldArms(arms),
      ],
    };
  } finally {
    await close();
  }
};

const nodeObject = async (name: string, api: KubeApi | undefined): Promise<Result<KubeObject> | undefined> =>
  api === undefined ? undefined : api.get(NODES, { name });

export const powerCheck = async (node: string, tools: PowerCheckTools): Promise<PowerCheck> => {
  const object = await nodeObject(node, tools.sources.cluster?.api);
  if (object !== undefined && !object.ok) return { node, refusals: [refusalOf(object.fault)] };
  const found = await findBmcEntry(node, object?.value, tools.sources);
  if (!found.ok) return { node, refusals: [refusalOf(found.fault)] };
  return askBmc(node, object?.value, found.value, tools);
};
