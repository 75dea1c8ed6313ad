/** What became of one node of a scenario: its boots, what its firmware still waits for, and what the SR-IOV operator says. */
import { dig, digList, digText } from '../../core/model/dig.ts';
import { NODES, SRIOV_NODE_STATES } from '../../core/model/kube-resource.ts';
import { CURRENT_STATE_KEY, DESIRED_STATE_KEY } from '../../core/sriov/drain/drain-state.ts';
import type { Host } from '../../twin/hardware/host.ts';
import type { Twin } from '../../twin/twin.ts';

export interface NodeOutcome {
  readonly node: string;
  readonly ready: boolean;
  /** Boots since the beginning: by a restart of the operating system, and from power. */
  readonly warmRestarts: number;
  readonly powerOns: number;
  readonly adapters: number;
  readonly pendingAdapters: number;
  /** `NUM_OF_VFS 16 -> 8`, of the first adapter that waits; absent where none does. */
  readonly pending?: string;
  readonly vfs: number;
  readonly syncStatus?: string;
  readonly desiredState?: string;
  readonly currentState?: string;
}

const pendingOf = (host: Host): string | undefined => {
  const first = host.adapters.find(({ isPending }) => isPending);
  if (first === undefined) return undefined;
  return [...first.settings()]
    .filter(([, { current, next }]) => current !== next)
    .map(([name, { current, next }]) => `${name} ${current} -> ${next}`)
    .join(', ');
};

const isReady = (node: unknown): boolean =>
  digList(node, 'status', 'conditions').some(
    (condition) => dig(condition, 'type') === 'Ready' && dig(condition, 'status') === 'True',
  );

const nodeOutcome = (twin: Twin, host: Host): NodeOutcome => {
  const reader = twin.world.actor('reader');
  const state = reader.list(SRIOV_NODE_STATES).find(({ metadata }) => metadata.name === host.name);
  const pending = pendingOf(host);
  const syncStatus = digText(state, 'status', 'syncStatus');
  const desiredState = digText(state, 'metadata', 'annotations', DESIRED_STATE_KEY);
  const currentState = digText(state, 'metadata', 'annotations', CURRENT_STATE_KEY);
  const booted = (kind: string): number => host.boots.filter((boot) => boot.kind === kind).length;
  return {
    node: host.name,
    ready: isReady(reader.get(NODES, { name: host.name })),
    warmRestarts: booted('warm'),
    powerOns: booted('power'),
    adapters: host.adapters.length,
    pendingAdapters: host.adapters.filter(({ isPending }) => isPending).length,
    ...(pending === undefined ? {} : { pending }),
    vfs: host.adapters
      .flatMap((adapter) => adapter.spec.functions.map(({ pci }) => adapter.vfs(pci).length))
      .reduce((sum, count) => sum + count, 0),
    ...(syncStatus === undefined ? {} : { syncStatus }),
    ...(desiredState === undefined ? {} : { desiredState }),
    ...(currentState === undefined ? {} : { currentState }),
  };
};

/** Of every host that has adapters, in the order of the fleet. */
export const nodeOutcomes = (twin: Twin): readonly NodeOutcome[] =>
  [...twin.hosts.values()].filter(({ adapters }) => adapters.length > 0).map((host) => nodeOutcome(twin, host));
