/**
 * The SR-IOV network operator: from its configuration and the policies it makes the config daemon's DaemonSet, node states,
 * the device plugin with its ConfigMap, and the label by which the plugin finds its nodes. What it renders is core/sriov's
 * decision; the drain controller in the same program is drain-controller.ts.
 */
import { dig, digList, digTexts } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import {
  CONFIG_MAPS,
  DAEMON_SETS,
  NODES,
  SRIOV_NODE_STATES,
  SRIOV_OPERATOR_CONFIGS,
  SRIOV_POLICIES,
  SRIOV_POOL_CONFIGS,
} from '../../core/model/kube-resource.ts';
import { daemonSetNodes } from '../../core/placement/daemonset-nodes.ts';
import { devicePluginConfigText } from '../../core/sriov/device-plugin-config.ts';
import { NVIDIA_RESOURCE_PREFIX } from '../../core/sriov/extended-resources.ts';
import { readPolicy, withCrdDefaults } from '../../core/sriov/network-node-policy.ts';
import { readInterfaceStatuses } from '../../core/sriov/network-node-state.ts';
import { poolOf, readPoolConfig } from '../../core/sriov/pool-config.ts';
import { policyRenderer, type RenderedNode } from '../../core/sriov/render-policies.ts';
import { createActor } from '../actors/actor.ts';
import { actorLoop } from '../actors/actor-loop.ts';
import { controllerReference, keyOf } from '../actors/controller-pods.ts';
import type { Operator } from '../actors/process.ts';
import { seconds } from '../latency.ts';
import type { Stage } from '../stage.ts';
import { PLUGIN_CONFIG_MAP } from './device-plugins.ts';
import { startDrainController } from './drain-controller.ts';
import { imageFor, nodeAgent } from './sriov-manifests.ts';

const RECONCILE = seconds(1, 2, 5, 'the operator batches events of its policy controller for 1 s');

/** controllers/: vars.ResyncPeriod. */
const RESYNC_MS = 5 * 60_000;

const PLUGIN_LABEL = 'sriovnetwork.openshift.io/device-plugin';
const CONFIG_DAEMON = 'sriov-network-config-daemon';
const DEVICE_PLUGIN = 'sriov-device-plugin';
const DEFAULT_SELECTOR = { 'kubernetes.io/os': 'linux', 'node-role.kubernetes.io/worker': '' };

const isEqual = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export const sriovOperator =
  (stage: Stage, release: string): Operator =>
  (process) => {
    const { world } = stage;
    const namespace = process.pod.metadata.namespace ?? 'default';
    const actor = createActor(world, 'sriov-operator');

    const ensureSet = (set: KubeObject, owner: KubeObject): void => {
      const found = actor.get(DAEMON_SETS, keyOf(set));
      const own = { ...set, metadata: { ...set.metadata, ownerReferences: [controllerReference(owner)] } };
      if (found === undefined) actor.create(DAEMON_SETS, own);
      else if (
        !isEqual(
          dig(found, 'spec', 'template', 'spec', 'nodeSelector'),
          dig(set, 'spec', 'template', 'spec', 'nodeSelector'),
        )
      )
        // It sets the selector as a whole: a key that is gone from its config goes from the DaemonSet, too.
        actor.patch(DAEMON_SETS, keyOf(set), {
          type: 'json',
          operations: [
            {
              op: 'replace',
              path: '/spec/template/spec/nodeSelector',
              value: dig(set, 'spec', 'template', 'spec', 'nodeSelector'),
            },
          ],
        });
    };

    const ensureState = (node: KubeObject, owner: KubeObject, rendered: RenderedNode): void => {
      const key = { name: node.metadata.name, namespace };
      const found = actor.get(SRIOV_NODE_STATES, key);
      const { spec } = rendered;
      if (found === undefined) {
        actor.create(SRIOV_NODE_STATES, {
          apiVersion: 'sriovnetwork.openshift.io/v1',
          kind: 'SriovNetworkNodeState',
          metadata: { ...key, ownerReferences: [controllerReference(owner)] },
          spec: {},
        });
        return;
      }
      if (spec === 'kept' || !spec.ok) return;
      const before = found['spec'] as Readonly<Record<string, unknown>> | undefined;
      const wanted = { interfaces: spec.value.interfaces ?? [] };
      if (isEqual(digList(before, 'interfaces'), wanted.interfaces)) return;
      actor.update(SRIOV_NODE_STATES, { ...found, spec: spec.value });
    };

    const ensureConfigMap = (owner: KubeObject, data: Readonly<Record<string, string>>): void => {
      const key = { name: PLUGIN_CONFIG_MAP, namespace };
      const found = actor.get(CONFIG_MAPS, key);
      const draft = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { ...key, ownerReferences: [controllerReference(owner)] },
        data,
      };
      if (found === undefined) actor.create(CONFIG_MAPS, draft);
      else if (!isEqual(digTexts(found, 'data'), data)) actor.update(CONFIG_MAPS, { ...found, data });
    };

    const label = (node: KubeObject, isServed: boolean): void => {
      const value = isServed ? 'Enabled' : 'Disabled';
      if (digTexts(node, 'metadata', 'labels')[PLUGIN_LABEL] === value) return;
      actor.patch(
        NODES,
        { name: node.metadata.name },
        { type: 'merge', body: { metadata: { labels: { [PLUGIN_LABEL]: value } } } },
      );
    };

    const renderAll = (config: KubeObject, nodes: readonly KubeObject[]): void => {
      const policies = actor.list(SRIOV_POLICIES, { namespace }).map((object) => withCrdDefaults(readPolicy(object)));
      const pools = actor.list(SRIOV_POOL_CONFIGS, { namespace }).map(readPoolConfig);
      const members = nodes.map((node) => ({ name: node.metadata.name, labels: digTexts(node, 'metadata', 'labels') }));
      const render = policyRenderer(policies);
      const rendered = nodes.map((node, at) => {
        const state = actor.get(SRIOV_NODE_STATES, { name: node.metadata.name, namespace });
        const member = members[at];
        const pool = member === undefined ? undefined : poolOf(member, members, pools);
        const rdmaMode = pool?.ok === true ? pool.value.pool.rdmaMode : '';
        const labels = digTexts(node, 'metadata', 'labels');
        return { node, answer: render({ labels, rdmaMode, interfaces: readInterfaceStatuses(state) }) };
      });
      // One policy that cannot be applied on one node stops the pass for all of them.
      if (rendered.some(({ answer: { spec, resourceList } }) => (spec !== 'kept' && !spec.ok) || !resourceList.ok))
        return;
      const data: Record<string, string> = {};
      for (const { node, answer } of rendered) {
        ensureState(node, config, answer);
        if (answer.resourceList.ok) data[node.metadata.name] = devicePluginConfigText(answer.resourceList.value);
      }
      ensureConfigMap(config, data);
      for (const { node, answer } of rendered) label(node, answer.policies.length > 0);
    };

    const loop = actorLoop(stage, actor, RECONCILE, () => {
      if (process.hasEnded()) return undefined;
      const config = actor.get(SRIOV_OPERATOR_CONFIGS, { name: 'default', namespace });
      // Without this object nothing is reconciled, and nothing says so.
      if (config === undefined) return RESYNC_MS;
      const stated = digTexts(config, 'spec', 'configDaemonNodeSelector');
      const nodeSelector = Object.keys(stated).length === 0 ? DEFAULT_SELECTOR : stated;
      const daemon = nodeAgent({
        name: CONFIG_DAEMON,
        namespace,
        nodeSelector,
        image: imageFor(release, 'SriovConfigDaemon'),
        container: CONFIG_DAEMON,
        env: { RESOURCE_PREFIX: NVIDIA_RESOURCE_PREFIX },
      });
      ensureSet(daemon, config);
      const nodes = actor.list(NODES);
      const wants = new Map(daemonSetNodes(daemon, nodes).map(({ node, wants: does }) => [node, does]));
      renderAll(
        config,
        nodes.filter((node) => wants.get(node.metadata.name) === true),
      );
      if (actor.list(SRIOV_POLICIES, { namespace }).length > 0)
        ensureSet(
          nodeAgent({
            name: DEVICE_PLUGIN,
            namespace,
            nodeSelector: { ...nodeSelector, [PLUGIN_LABEL]: 'Enabled' },
            image: imageFor(release, 'SriovDevicePlugin'),
            container: DEVICE_PLUGIN,
          }),
          config,
        );
      return RESYNC_MS;
    });

    const wake = (): void => loop.wake('all');
    for (const kind of [SRIOV_OPERATOR_CONFIGS, SRIOV_POLICIES, SRIOV_POOL_CONFIGS])
      process.onEnd(world.subscribe(kind, wake));
    process.onEnd(
      world.subscribe(NODES, ({ object, before }) => {
        if (before?.metadata.labels !== object.metadata.labels) wake();
      }),
    );
    process.onEnd(
      world.subscribe(SRIOV_NODE_STATES, ({ object, before }) => {
        if (dig(before, 'status', 'interfaces') !== dig(object, 'status', 'interfaces')) wake();
      }),
    );
    startDrainController(stage, process);
    wake();
  };
