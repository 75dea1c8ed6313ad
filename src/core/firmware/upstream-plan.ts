/**
 * The SR-IOV operator's own decision for a card, as shipped: what its mellanox plugin writes with mstconfig and whether it wants a
 * reboot (pkg/plugins/mellanox/mellanox_plugin.go OnNodeStateChange; pkg/vendors/mellanox/mellanox.go HandleTotalVfs,
 * HandleEnableSriov, HandleLinkType, MlxConfigFW). It compares with current, so it asks again after every restart that did
 * not activate the value. What we would do instead is in plan-card.ts.
 */
import { fail, ok, type Result } from '../result.ts';
import { LINK_TYPE, NUM_OF_VFS, SRIOV_EN, type CardFirmware } from './card-firmware.ts';

/** What spec.interfaces of the node state asks of one port, and what the port's net device is now. */
export interface WantedPort {
  readonly pci?: string;
  readonly numVfs: number;
  readonly linkType?: string;
  readonly externallyManaged?: boolean;
  /** ETH or IB, of the net device (status.interfaces), not of the firmware. */
  readonly netdevLinkType?: string;
}

export interface CardState {
  readonly current: CardFirmware;
  readonly next: CardFirmware;
}

/** Port 1, port 2: undefined where the node state does not ask for the port. */
export type WantedPorts = readonly [WantedPort | undefined, WantedPort | undefined];

export interface UpstreamPlan {
  /** Arguments of `mstconfig -d <pci> -y set`; empty: nothing is written. */
  readonly set: readonly string[];
  readonly reboot: boolean;
}

const sameLinkType = (a: string | undefined, b: string): boolean => (a ?? '').toUpperCase() === b.toUpperCase();

/** Whether a port's firmware link type has to change; a card that cannot do it is an error. */
const linkTypeChange = (port: WantedPort | undefined, firmware: string | undefined): Result<string | undefined> => {
  const wanted = port?.linkType ?? '';
  if (port === undefined || wanted === '' || sameLinkType(port.netdevLinkType, wanted)) return ok(undefined);
  if (!/^(?:eth|ib)$/i.test(wanted))
    return fail(
      'upstream-link-type',
      `Not supported link type: ${wanted}, supported link types: [eth, ETH, ib, and IB].`,
    );
  if (firmware === 'Unknown') return fail('upstream-link-type', 'Unknown link type: Unknown.');
  if (firmware === 'Preconfigured')
    return fail('upstream-link-type', `Network card ${port.pci ?? ''} does not support link type change.`);
  return ok(wanted);
};

interface Attributes {
  readonly totalVfs: number | undefined;
  readonly sriov: boolean;
  readonly linkTypes: readonly (string | undefined)[];
}

/** MlxConfigFW: SRIOV_EN=True when set, False only together with 0 VFs. */
const setArguments = ({ totalVfs, sriov, linkTypes }: Attributes): readonly string[] => [
  ...(sriov ? [`${SRIOV_EN}=True`] : totalVfs === 0 ? [`${SRIOV_EN}=False`] : []),
  ...(totalVfs === undefined ? [] : [`${NUM_OF_VFS}=${String(totalVfs)}`]),
  ...linkTypes.flatMap((type, index) => (type === undefined ? [] : [`${LINK_TYPE[index] ?? ''}=${type}`])),
];

export const wantedVfs = (ports: WantedPorts): number => Math.max(0, ...ports.map((port) => port?.numVfs ?? 0));

export const upstreamPlan = ({ current, next }: CardState, ports: WantedPorts): Result<UpstreamPlan> => {
  const first = ports[0] ?? ports[1];
  if (first === undefined) return ok({ set: [], reboot: false });
  const want = wantedVfs(ports);
  const external = first.externallyManaged === true;
  if (external && want > current.totalVfs)
    return fail(
      'upstream-externally-managed',
      `interface ${first.pci ?? ''} required a change in the TotalVfs but the policy is externally managed failing: firmware TotalVf ${String(current.totalVfs)} requested TotalVf ${String(want)}`,
    );
  const vfsReboot = !external && current.totalVfs !== want;
  const vfsWrite = vfsReboot || (!external && next.totalVfs !== want);
  const sriovOff = want === 0 && current.sriovEnabled;
  const sriovOn = want > 0 && !current.sriovEnabled;
  const sriovStage = want > 0 && current.sriovEnabled && !next.sriovEnabled;
  const linkTypes: (string | undefined)[] = [];
  for (const [index, firmware] of [current.linkTypeP1, current.linkTypeP2].entries()) {
    const change = linkTypeChange(ports[index], firmware);
    if (!change.ok) return change;
    linkTypes.push(change.value);
  }
  const linkReboot = linkTypes.some((type) => type !== undefined);
  if (external && linkReboot)
    return fail(
      'upstream-externally-managed',
      'change required for link type but the policy is externally managed, failing',
    );
  const reboot = vfsReboot || sriovOff || sriovOn || linkReboot;
  if (!reboot && !vfsWrite && !sriovStage) return ok({ set: [], reboot: false });
  return ok({
    reboot,
    set: setArguments({ totalVfs: vfsWrite ? want : undefined, sriov: sriovOn || sriovStage, linkTypes }),
  });
};

export interface UnspecifiedCard {
  /** The operator configured a port of this card earlier (a file under /etc/sriov-operator/pci). */
  readonly storedByOperator: boolean;
  readonly externallyManaged: boolean;
  /** Its model is in supported-nic-ids. */
  readonly supported?: boolean;
  readonly next: CardFirmware;
}

/** A card that lost all its policies: staged to 0 VFs, without a reboot. */
export const upstreamPlanUnspecified = (card: UnspecifiedCard): UpstreamPlan => {
  const touched = card.storedByOperator && !card.externallyManaged && card.supported !== false;
  const has = card.next.totalVfs > 0 || card.next.sriovEnabled;
  return { set: touched && has ? [`${SRIOV_EN}=False`, `${NUM_OF_VFS}=0`] : [], reboot: false };
};

/**
 * The verdict of a whole node: the plugin assigns it per card in the random order of a Go map, so with cards that disagree it is
 * that of whichever comes last.
 */
export const upstreamNodeReboot = (cards: readonly UpstreamPlan[]): boolean | 'nondeterministic' => {
  const verdicts = new Set(cards.map(({ reboot }) => reboot));
  return verdicts.size > 1 ? 'nondeterministic' : verdicts.has(true);
};

/** With the kernel locked down the plugin refuses as soon as a policy names an NVIDIA PF, and does nothing otherwise. */
export const upstreamLockdown = (wantedPfs: number): Result<UpstreamPlan> =>
  wantedPfs > 0
    ? fail('upstream-lockdown', 'mellanox device detected when in lockdown mode')
    : ok({ set: [], reboot: false });

/** A BlueField in DPU mode is refused when it is to be written. */
export const upstreamDpuMode = (pci: string): Result<never> =>
  fail(
    'upstream-dpu-mode',
    `NIC ${pci} is in DPU mode. Firmware configuration changes are not supported in this mode.`,
  );
