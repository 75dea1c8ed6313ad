/**
 * Device plugins on a node: the SR-IOV network device plugin, which makes pools of the VFs that it finds by its part of the
 * ConfigMap (core/sriov/device-plugin.ts decides), and the GPU plugin. A plugin looks once, when it starts; when it ends, its
 * pools stay registered without devices.
 */
import { digList, digText, isMap } from '../../core/model/dig.ts';
import { CONFIG_MAPS } from '../../core/model/kube-resource.ts';
import { devicePools, type PlannedVf } from '../../core/sriov/device-plugin.ts';
import type { ResourceConfig } from '../../core/sriov/device-plugin-config.ts';
import { extendedResource, NVIDIA_RESOURCE_PREFIX } from '../../core/sriov/extended-resources.ts';
import { readInterfaceStatus } from '../../core/sriov/network-node-state.ts';
import { CHART_NICS, supportedNics } from '../../core/sriov/supported-nics.ts';
import type { Kubelets } from '../actors/kubelets.ts';
import type { Process, Program } from '../actors/process.ts';
import { inBackground } from '../background.ts';
import { seconds } from '../latency.ts';
import type { Stage } from '../stage.ts';
import { discoverInterfaces } from './discover-interfaces.ts';

const START = seconds(1, 3, 8, 'not measured: discovery of devices and registration with the kubelet');

const NICS = supportedNics(CHART_NICS);

export const PLUGIN_CONFIG_MAP = 'device-plugin-config';

/** The list as it stands in the ConfigMap; the plugin ends where it cannot be read. */
const readResourceList = (text: string | undefined): readonly ResourceConfig[] => {
  if (text === undefined) return [];
  const parsed = JSON.parse(text) as unknown;
  return digList(parsed, 'resourceList').filter(isMap) as unknown as readonly ResourceConfig[];
};

const vfsOf = ({ host }: Process): readonly PlannedVf[] =>
  discoverInterfaces(host)
    .map(readInterfaceStatus)
    .flatMap((pf) =>
      pf.Vfs.map(({ vfID, driver }) => ({
        pf,
        index: vfID,
        linkType: pf.linkType,
        ...(driver === 'vfio-pci' ? { group: { vfRange: `${vfID}-${vfID}`, deviceType: driver } } : {}),
      })),
    );

export const sriovDevicePlugin =
  (stage: Stage, kubelets: () => Kubelets): Program =>
  (process) =>
    inBackground(stage.clock, serveVfs(stage, kubelets(), process));

const serveVfs = async (stage: Stage, kubelets: Kubelets, process: Process): Promise<void> => {
  await process.take(START);
  const { node, pod, log } = process;
  const actor = stage.world.actor(`device-plugin@${node}`);
  const config = actor.get(CONFIG_MAPS, { name: PLUGIN_CONFIG_MAP, namespace: pod.metadata.namespace ?? 'default' });
  const pools = devicePools(readResourceList(digText(config, 'data', node)), vfsOf(process), NICS);
  for (const [name, pool] of pools) {
    const resource = extendedResource(NVIDIA_RESOURCE_PREFIX, name);
    log(`I manager.go:156] initServers(): selector index 0 will register ${pool.length} devices`);
    if (pool.length === 0) {
      log(`I manager.go:138] no devices in device pool, skipping creating resource server for ${name}`);
      continue;
    }
    kubelets.registerDevices(node, resource, pool.length);
    process.onEnd(() => kubelets.registerDevices(node, resource, 0));
  }
};

const GPU = 'nvidia.com/gpu';

export const gpuDevicePlugin =
  (stage: Stage, kubelets: () => Kubelets): Program =>
  (process) => {
    const serve = async (): Promise<void> => {
      await process.take(START);
      kubelets().registerDevices(process.node, GPU, process.host.gpus);
      process.onEnd(() => kubelets().registerDevices(process.node, GPU, 0));
    };
    inBackground(stage.clock, serve());
  };
