/** The ports of the rollout controller on a twin in this process: its API, its hosts, its BMCs, its time. */
import type { RolloutPorts } from '../../controllers/rollout/rollout-ports.ts';
import { changeCommand, type HostChanges } from '../../core/ports/host-changes.ts';
import type { KubeApi } from '../../core/ports/kube-api.ts';
import { silentLog } from '../../core/ports/log.ts';
import { noMetrics } from '../../core/ports/metrics.ts';
import { fail, ok } from '../../core/result.ts';
import { runOnHost } from '../../twin/hardware/host-commands.ts';
import type { Twin } from '../../twin/twin.ts';

export const CONTROLLER_USER = 'nicwright-controller';

export const twinApi = (twin: Twin): KubeApi =>
  twin.world.api({ username: CONTROLLER_USER, groups: ['system:masters'] });

const changesOn = (twin: Twin, node: string): HostChanges => ({
  via: `the host ${node} of the twin`,
  change: (change) => {
    const host = twin.hosts.get(node);
    const command = changeCommand(change);
    if (host === undefined)
      return Promise.resolve(fail('host-unreachable', `There is no host ${node}; correct the name.`));
    const refusal = host.refusal();
    if (refusal !== undefined) return Promise.resolve({ ok: false, fault: refusal });
    const { stdout, stderr, exitCode } = runOnHost(host, command);
    return Promise.resolve(ok({ command, output: stdout + stderr, exitCode }));
  },
});

export const twinPorts = (twin: Twin): RolloutPorts => ({
  api: twinApi(twin),
  clock: twin.clock,
  random: twin.random('nicwright'),
  log: silentLog,
  metrics: noMetrics,
  hostTools: (node) => Promise.resolve(ok(twin.hostTools(node))),
  hostChanges: (node) => Promise.resolve(ok(changesOn(twin, node))),
  secondTools: () => Promise.resolve(ok(undefined)),
  bmc: (node) =>
    Promise.resolve(
      twin.hosts.has(node) ? ok(twin.bmc(node)) : fail('held-no-bmc', `no BMC of ${node} is known to the twin.`),
    ),
  armSide: (node, card) => {
    const arm = twin.arm(node, card);
    return Promise.resolve(
      arm === undefined ? fail('arm-unknown', `${node} has no BlueField in DPU mode at ${card}.`) : ok(arm),
    );
  },
  weRunOn: 'outside',
});
