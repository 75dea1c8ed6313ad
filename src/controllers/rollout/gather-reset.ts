/** What a firmware reset would meet on a node: the levels that each card offers, VFs, the driver's pod, pods that hold VFs. */
import { isDriverPod } from '../../core/driver/driver-managers.ts';
import { readHostText } from '../../core/inventory/readers/read-host-text.ts';
import type { NodeState } from '../../core/inventory/node-state.ts';
import { isFinished } from '../../core/drain/pod-facts.ts';
import { dig, digList, isMap } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { cardOf } from '../../core/model/pci-address.ts';
import { promisedOf } from '../../core/visit/gates/node-gates.ts';
import { told, untold, type Told } from '../../core/visit/told.ts';
import type { ResetFacts, VisitBase } from '../../core/visit/visit-facts.ts';
import { askHost, readVfCounts } from './host-readings.ts';
import type { RolloutPorts } from './rollout-ports.ts';

const RESET_LEVEL = '3';

const nameOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? 'default'}/${metadata.name}`;

const asksFor = (pod: KubeObject, resources: ReadonlySet<string>): boolean =>
  digList(pod, 'spec', 'containers').some((container) =>
    ['requests', 'limits'].some((part) => {
      const asked = dig(container, 'resources', part);
      return isMap(asked) && Object.keys(asked).some((name) => resources.has(name));
    }),
  );

const levelOf = async (
  ports: Pick<RolloutPorts, 'hostTools'>,
  node: string,
  pci: string,
  signal: AbortSignal,
): Promise<Pick<ResetFacts['cards'][number], 'level3' | 'said'>> => {
  const answer = await askHost(ports, node, { ask: 'reset-levels', pci }, signal);
  if (!answer.ok) return { level3: 'unknown', said: answer.fault.message };
  const { command, output } = answer.value;
  const levels = readHostText(`$ ${command.join(' ')}\n${output}`, { source: 'host' }).flatMap((reading) =>
    reading.kind === 'reset-query' ? [reading.levels[RESET_LEVEL]] : [],
  );
  const said = output.trim().split('\n')[0] ?? '';
  return {
    level3: levels[0] ?? 'unknown',
    said: said === '' ? 'mstfwreset printed nothing' : `mstfwreset says: ${said}`,
  };
};

export interface ResetReading {
  readonly ports: Pick<RolloutPorts, 'hostTools'>;
  readonly base: Pick<VisitBase, 'node' | 'group'>;
  readonly pods: readonly KubeObject[];
  readonly state: NodeState | undefined;
  readonly signal: AbortSignal;
}

export const readReset = async ({ ports, base, pods, state, signal }: ResetReading): Promise<Told<ResetFacts>> => {
  const { node, group } = base;
  const cards: ResetFacts['cards'][number][] = [];
  for (const { pci } of group.cards) {
    const functions = new Set([pci, ...(state?.seen ?? []).map((one) => one.pci)]);
    const own = [...functions].filter((one) => cardOf(one) === cardOf(pci));
    const counts = await readVfCounts(ports, node.name, own, signal);
    if (!counts.known) return untold(counts.because);
    const withVfs = counts.value.filter(({ numVfs }) => numVfs !== 'absent' && numVfs > 0).map((one) => one.pci);
    cards.push({ pci, ...(await levelOf(ports, node.name, pci, signal)), withVfs });
  }
  const live = pods.filter((pod) => !isFinished(pod));
  const resources = new Set(promisedOf(state).keys());
  const driver = live.find(isDriverPod);
  return told({
    cards,
    users: live.filter((pod) => asksFor(pod, resources)).map(nameOf),
    ...(driver !== undefined && { driverPod: nameOf(driver) }),
  });
};
