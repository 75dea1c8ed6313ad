/** The hosts of a twin, asked directly and through pods. */
import { letTimePass } from '../../app/twin-cluster/let-time-pass.ts';
import { twinPorts } from '../../app/twin-cluster/twin-ports.ts';
import { SYSTEM_NAMESPACE } from '../../core/model/system-namespace.ts';
import type { HostChanges } from '../../core/ports/host-changes.ts';
import type { HostTools } from '../../core/ports/host-tools.ts';
import type { Result } from '../../core/result.ts';
import { hostToolsContract, type HostBench } from '../../testing/contracts/host-tools.contract.ts';
import { scenarioNamed } from '../../twin/scenarios/scenarios.ts';
import { createTwin, type Twin } from '../../twin/twin.ts';
import { nodeAccess } from './node-access.ts';

const MINUTE = 60_000;
const PCI = '0000:18:00.0';
const NODE = 'dgx030';

interface Ways {
  readonly hostTools: (node: string) => Promise<Result<HostTools>>;
  readonly hostChanges: (node: string) => Promise<Result<HostChanges>>;
}

const good = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.fault.message);
  return result.value;
};

const benchOn = async (waysOf: (twin: Twin) => Ways): Promise<HostBench> => {
  const scenario = scenarioNamed('dgx-numvfs-16');
  if (scenario === undefined) throw new Error('the scenario is gone');
  const twin = createTwin(scenario, 1);
  await twin.runUntil(twin.start + 30 * MINUTE);
  const settle = async <T>(asked: Promise<T>): Promise<T> => good(await letTimePass(twin, 60 * MINUTE, asked));
  const host = twin.hosts.get(NODE);
  const ways = waysOf(twin);
  return {
    tools: good(await settle(ways.hostTools(NODE))),
    changes: good(await settle(ways.hostChanges(NODE))),
    pci: PCI,
    bootId: host?.bootId ?? '',
    atNextBoot: () => host?.adapterOf(PCI)?.next('NUM_OF_VFS'),
    settle,
  };
};

hostToolsContract('a host of the twin', () => benchOn(twinPorts));
hostToolsContract("exec in the config daemon's pod", () =>
  benchOn((twin) => nodeAccess(twin.world.api(), twin.clock, { ownPods: false, namespace: SYSTEM_NAMESPACE })),
);
