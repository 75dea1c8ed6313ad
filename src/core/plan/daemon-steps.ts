/**
 * Steps that let a visit take the SR-IOV config daemon off its node and put it back: a label of our own, first on every node on
 * which the daemon runs, then in the operator's selector; afterwards both are taken back (plans A and B of sriov.md 2.7).
 */
import { digText, digTexts } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { DAEMON_LABEL, DAEMON_RUNS } from '../visit/others/operators.ts';
import type { PlanStep } from './plan.ts';

/** The operator's own, where its config states none (sriov.md 1.3). */
const DEFAULT_SELECTOR: Readonly<Record<string, string>> = {
  'kubernetes.io/os': 'linux',
  'node-role.kubernetes.io/worker': '',
};

export interface DaemonSteps {
  readonly before: readonly PlanStep[];
  readonly after: readonly PlanStep[];
}

const NONE: DaemonSteps = { before: [], after: [] };

const matches = (selector: Readonly<Record<string, string>>, node: KubeObject): boolean =>
  Object.entries(selector).every(([key, value]) => node.metadata.labels?.[key] === value);

export const daemonSteps = (config: KubeObject | undefined, nodes: readonly KubeObject[]): DaemonSteps => {
  const stated = digTexts(config, 'spec', 'configDaemonNodeSelector');
  // A site that keeps the label for good has done all this before.
  if (config === undefined || stated[DAEMON_LABEL] !== undefined) return NONE;
  const selector = Object.keys(stated).length === 0 ? DEFAULT_SELECTOR : stated;
  const names = nodes.filter((node) => matches(selector, node)).map(({ metadata }) => metadata.name);
  if (names.length === 0) return NONE;
  const target = {
    apiVersion: config.apiVersion,
    kind: config.kind,
    plural: 'sriovoperatorconfigs',
    namespace: digText(config, 'metadata', 'namespace') ?? 'default',
    name: config.metadata.name,
  };
  const field = (value: Readonly<Record<string, string | null>>) => ({ spec: { configDaemonNodeSelector: value } });
  const added =
    Object.keys(stated).length === 0 ? { ...selector, [DAEMON_LABEL]: DAEMON_RUNS } : { [DAEMON_LABEL]: DAEMON_RUNS };
  const removed = Object.fromEntries(Object.keys(added).map((key) => [key, null]));
  const select = {
    act: { do: 'patch-object' as const, target, patch: field(added) },
    proof: {
      is: 'object-has' as const,
      target,
      fields: field(added),
      daemonSets: { label: DAEMON_LABEL, value: DAEMON_RUNS },
    },
  };
  const unselect = {
    act: { do: 'patch-object' as const, target, patch: field(removed) },
    // Labels may go only when nothing selects by them any more: pods would be taken off their nodes otherwise.
    proof: {
      is: 'object-has' as const,
      target,
      fields: field(removed),
      daemonSets: { label: DAEMON_LABEL, value: null },
    },
  };
  const label = (value: string | null) => ({
    act: { do: 'label-nodes' as const, label: DAEMON_LABEL, value, nodes: names },
    proof: { is: 'nodes-labelled' as const, label: DAEMON_LABEL, value, nodes: names },
  });
  return {
    before: [
      {
        id: 'label-daemon-nodes',
        title: `Label the ${names.length === 1 ? 'node' : `${names.length} nodes`} on which the SR-IOV config daemon runs`,
        because: 'a node on which the daemon runs would be restarted warm by it in the middle of its visit',
        ...label(DAEMON_RUNS),
        back: label(null),
      },
      {
        id: 'select-daemon-nodes',
        title: 'Let the SR-IOV config daemon run only where that label says so',
        because:
          'a visit then takes the daemon off its node by the label; its pods are rolled once by this change of the selector',
        ...select,
        back: unselect,
      },
    ],
    after: [
      {
        id: 'unselect-daemon-nodes',
        title: 'Take the label out of the selector of the SR-IOV config daemon',
        because: 'every visit is over',
        ...unselect,
        back: { none: 'it is itself the way back of an earlier step' },
      },
      {
        id: 'unlabel-daemon-nodes',
        title: 'Take the label off the nodes',
        because: 'nothing selects by it any more',
        ...label(null),
        back: { none: 'it is itself the way back of an earlier step' },
      },
    ],
  };
};
