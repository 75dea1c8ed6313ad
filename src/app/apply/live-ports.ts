/** The ports of the rollout controller on a real cluster, out of what the caller has opened. */
import type { RolloutPorts } from '../../controllers/rollout/rollout-ports.ts';
import { NODES } from '../../core/model/kube-resource.ts';
import { silentLog, type Log } from '../../core/ports/log.ts';
import { noMetrics, type Metrics } from '../../core/ports/metrics.ts';
import type { OpenBmc } from '../../core/ports/open-bmc.ts';
import type { ReadYaml } from '../../core/ports/read-yaml.ts';
import type { Result } from '../../core/result.ts';
import { armThroughHost } from '../power/arm-sides.ts';
import { ok } from '../../core/result.ts';
import { bmcPool } from '../power/bmc-pool.ts';
import { findBmcEntry, type BmcSources } from '../power/find-bmc-entry.ts';

export interface Opened extends Pick<
  RolloutPorts,
  'api' | 'clock' | 'random' | 'hostTools' | 'hostChanges' | 'secondTools' | 'weRunOn'
> {
  readonly openBmc: OpenBmc;
  readonly readYaml: ReadYaml;
  /** The user's own file of BMC addresses, before what the cluster says. */
  readonly bmcFile?: BmcSources['file'];
  readonly log?: Log;
  readonly metrics?: Metrics;
}

export interface LivePorts {
  readonly ports: RolloutPorts;
  /** Whether a controller that sees the cluster alone, and no file of ours, would find the BMC of a node. */
  readonly bmcInCluster: (node: string) => Promise<Result<unknown>>;
  /** Gives sessions back to BMCs. */
  readonly close: () => Promise<void>;
}

export const livePorts = (opened: Opened): LivePorts => {
  const { api, clock, random, hostTools, hostChanges, secondTools, weRunOn, openBmc, readYaml, bmcFile } = opened;
  const pool = bmcPool({ cluster: { api, readYaml }, ...(bmcFile !== undefined && { file: bmcFile }) }, openBmc, clock);
  return {
    ports: {
      api,
      clock,
      random,
      hostTools,
      hostChanges,
      secondTools,
      weRunOn,
      bmc: pool.bmc,
      armSide: async (node, card) => {
        const own = await pool.arm(node, card);
        if (!own.ok) return own;
        return ok(own.value ?? armThroughHost({ hostTools, hostChanges }, node, card));
      },
      log: opened.log ?? silentLog,
      metrics: opened.metrics ?? noMetrics,
    },
    bmcInCluster: async (node) => {
      const object = await api.get(NODES, { name: node });
      return object.ok ? findBmcEntry(node, object.value, { cluster: { api, readYaml } }) : object;
    },
    close: pool.close,
  };
};
