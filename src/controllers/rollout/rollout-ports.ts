/** What the rollout controller is handed: the cluster, the hosts, their power, time. The same on the twin and on a cluster. */
import type { ArmSide } from '../../core/ports/arm-side.ts';
import type { AbleBmc } from '../../core/ports/bmc-abilities.ts';
import type { Bmc } from '../../core/ports/bmc.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { HostChanges } from '../../core/ports/host-changes.ts';
import type { HostTools } from '../../core/ports/host-tools.ts';
import type { KubeApi } from '../../core/ports/kube-api.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Metrics } from '../../core/ports/metrics.ts';
import type { Random } from '../../core/ports/random.ts';
import type { PowerGuardFacts } from '../../core/power/power-guards.ts';
import type { Result } from '../../core/result.ts';

export interface RolloutPorts {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Fails where nothing leads to the host. */
  readonly hostTools: (node: string) => Promise<Result<HostTools>>;
  readonly hostChanges: (node: string) => Promise<Result<HostChanges>>;
  /** Another way to the same host, to compare answers with; undefined where there is none. */
  readonly secondTools: (node: string) => Promise<Result<HostTools | undefined>>;
  /** By the power adapter that the rollout names; fails where it knows no BMC of this node. */
  readonly bmc: (node: string, adapter: string) => Promise<Result<Bmc & Partial<AbleBmc>>>;
  /** Of the BlueField at this PCI address without function; fails where nothing leads to it. */
  readonly armSide: (node: string, card: string) => Promise<Result<ArmSide>>;
  readonly weRunOn: PowerGuardFacts['weRunOn'];
}
