/**
 * The config daemon's plugin for NVIDIA adapters, as shipped: it reads each card with the firmware tool, lets
 * core/firmware/upstream-plan.ts decide as upstream does (compared with *current*), and writes on apply. Flaws included: the
 * verdict of the node is that of whichever card comes last in a random order.
 */
import { upstreamFirmware } from '../../core/firmware/upstream-mstconfig.ts';
import {
  upstreamDpuMode,
  upstreamLockdown,
  upstreamPlan,
  upstreamPlanUnspecified,
  wantedVfs,
  type UpstreamPlan,
  type WantedPort,
  type WantedPorts,
} from '../../core/firmware/upstream-plan.ts';
import { cardOf, functionOf } from '../../core/model/pci-address.ts';
import type { Random } from '../../core/ports/random.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { InterfaceSpec, InterfaceStatus } from '../../core/sriov/network-node-state.ts';
import { CHART_NICS, supportedNics, VENDOR_NVIDIA } from '../../core/sriov/supported-nics.ts';
import { runOnHost } from '../hardware/host-commands.ts';
import type { Host } from '../hardware/host.ts';
import type { WriteLog } from './daemon-log.ts';
import { appliedFile } from './generic-plugin.ts';

const NICS = supportedNics(CHART_NICS);

export interface CardPlan extends UpstreamPlan {
  readonly pci: string;
}

export interface PluginVerdict {
  readonly reboot: boolean;
  readonly plans: readonly CardPlan[];
}

export interface PluginWork {
  readonly host: Host;
  readonly specs: readonly InterfaceSpec[];
  readonly statuses: readonly InterfaceStatus[];
  readonly random: Random;
  readonly log: WriteLog;
}

const portOf = (spec: InterfaceSpec | undefined, statuses: readonly InterfaceStatus[]): WantedPort | undefined => {
  if (spec === undefined) return undefined;
  const status = statuses.find(({ pciAddress }) => pciAddress === spec.pciAddress);
  return {
    pci: spec.pciAddress,
    numVfs: spec.numVfs ?? 0,
    ...(spec.linkType === undefined ? {} : { linkType: spec.linkType }),
    ...(spec.externallyManaged === undefined ? {} : { externallyManaged: true }),
    ...(status === undefined ? {} : { netdevLinkType: status.linkType }),
  };
};

const readCard = (host: Host, pci: string, log: WriteLog) => {
  log('LEVEL(-2)', 'mellanox/mellanox.go:103', 'MstConfigReadData()', { device: pci });
  const { stdout, exitCode } = runOnHost(host, ['mstconfig', '-e', '-d', pci, 'q']);
  if (exitCode === 0) return upstreamFirmware(stdout);
  const why = stdout.trim();
  log('ERROR', 'utils/command.go:46', 'RunCommand() output', { output: why, error: `exit status ${exitCode}` });
  return fail('upstream-tool', `${why.replace(/^-E- /, '')}, exit status ${exitCode}`);
};

const isInDpuMode = (host: Host, pci: string): boolean => {
  const engine = host.adapterOf(pci)?.current('INTERNAL_CPU_OFFLOAD_ENGINE');
  return engine?.startsWith('ENABLED') === true;
};

const planCard = (work: PluginWork, card: string): Result<CardPlan> => {
  const { host, specs, statuses, log } = work;
  const own = specs.filter(({ pciAddress }) => cardOf(pciAddress) === card);
  const ports: WantedPorts = [
    portOf(
      own.find(({ pciAddress }) => functionOf(pciAddress) === 0),
      statuses,
    ),
    portOf(
      own.find(({ pciAddress }) => functionOf(pciAddress) === 1),
      statuses,
    ),
  ];
  const pci = own[0]?.pciAddress ?? '';
  const firmware = readCard(host, pci, log);
  if (!firmware.ok) return firmware;
  const plan = upstreamPlan(firmware.value, ports);
  if (!plan.ok) return plan;
  const { current } = firmware.value;
  if (current.totalVfs !== wantedVfs(ports))
    log('LEVEL(-2)', 'mellanox/mellanox_plugin.go:121', 'Changing TotalVfs, needs reboot', {
      current: current.totalVfs,
      requested: wantedVfs(ports),
    });
  if (plan.value.set.length > 0 && isInDpuMode(host, pci)) return upstreamDpuMode(pci);
  return ok({ ...plan.value, pci });
};

/** Cards that lost all their policies are staged to no VFs. */
const planLost = ({ host, specs, statuses, log }: PluginWork): Result<readonly CardPlan[]> => {
  const wanted = new Set(specs.map(({ pciAddress }) => cardOf(pciAddress)));
  const plans: CardPlan[] = [];
  for (const { pciAddress: pci, vendor, deviceID } of statuses) {
    const stored = host.disk.get(appliedFile(pci));
    if (vendor !== VENDOR_NVIDIA || wanted.has(cardOf(pci)) || stored === undefined) continue;
    const firmware = readCard(host, pci, log);
    if (!firmware.ok) return firmware;
    const plan = upstreamPlanUnspecified({
      storedByOperator: true,
      externallyManaged: stored.includes('"externallyManaged":true'),
      supported: NICS.hasModel(vendor, deviceID),
      next: firmware.value.next,
    });
    plans.push({ ...plan, pci });
  }
  return ok(plans);
};

export const mellanoxVerdict = (work: PluginWork): Result<PluginVerdict> => {
  const { host, specs, statuses, random, log } = work;
  log('LEVEL(-2)', 'mellanox/mellanox_plugin.go:85', 'mellanox plugin OnNodeStateChange()');
  const nvidia = new Set(statuses.filter(({ vendor }) => vendor === VENDOR_NVIDIA).map(({ pciAddress }) => pciAddress));
  const own = specs.filter(({ pciAddress }) => nvidia.has(pciAddress));
  if (host.spec.lockdown !== 'none') {
    const locked = upstreamLockdown(own.length);
    return locked.ok ? ok({ reboot: false, plans: [] }) : locked;
  }
  const plans: CardPlan[] = [];
  for (const card of new Set(own.map(({ pciAddress }) => cardOf(pciAddress)))) {
    const plan = planCard({ ...work, specs: own }, card);
    if (!plan.ok) return plan;
    plans.push(plan.value);
  }
  const lost = planLost({ ...work, specs: own });
  if (!lost.ok) return lost;
  // Assigned card by card in the order of a Go map, not OR-ed (mellanox_plugin.go:107).
  const last = plans[Math.floor(random.next() * plans.length)];
  const reboot = last?.reboot === true;
  log('LEVEL(-2)', 'mellanox/mellanox_plugin.go:163', 'mellanox plugin', {
    'need-drain': reboot,
    'need-reboot': reboot,
  });
  return ok({ reboot, plans: [...plans, ...lost.value].filter(({ set }) => set.length > 0) });
};

/** Writes what was decided; the first card that refuses stops it. */
export const mellanoxApply = (host: Host, plans: readonly CardPlan[], log: WriteLog): Result<void> => {
  for (const { pci, set } of plans) {
    log('LEVEL(-2)', 'mellanox/mellanox.go:337', 'mellanox plugin Apply(): configure firmware', {
      device: pci,
      arguments: set.join(' '),
    });
    const { stdout, exitCode } = runOnHost(host, ['mstconfig', '-d', pci, '-y', 'set', ...set]);
    if (exitCode !== 0) return fail('upstream-tool', `${stdout.trim().replace(/^-E- /, '')}, exit status ${exitCode}`);
  }
  return ok(undefined);
};
