/** Options of commands that carry a rollout out from here, and the ports that they make. */
import { livePorts, type LivePorts } from '../../../app/apply/live-ports.ts';
import { isMap } from '../../../core/model/dig.ts';
import type { Log } from '../../../core/ports/log.ts';
import type { Metrics } from '../../../core/ports/metrics.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import type { HostAccess } from '../../../core/ports/host-access.ts';
import type { CommandContext, OptionSpec, OptionValues } from '../command.ts';
import { readSshOptions, SSH_OPTIONS } from './ssh-options.ts';

export const CARRIER_OPTIONS: readonly OptionSpec[] = [
  { flags: '--bmc <file>', about: 'addresses and accounts of BMCs by node; else the Secret nicwright-bmc is read' },
  {
    flags: '--host-pods',
    about: 'make a privileged pod on a node during its visit, to ask its host where no config daemon runs',
  },
  ...SSH_OPTIONS,
];

export interface Voice {
  readonly log?: Log;
  readonly metrics?: Metrics;
}

export interface OpenedPorts extends LivePorts {
  /** How hosts will be reached, for what is looked at before anything is done. */
  readonly way: HostAccess['way'];
}

export const openPorts = async (
  context: CommandContext,
  options: OptionValues,
  voice: Voice = {},
): Promise<Result<OpenedPorts>> => {
  const ssh = await readSshOptions(context, options);
  if (!ssh.ok) return ssh;
  const cluster = await context.cluster();
  if (!cluster.ok) return cluster;
  const { api } = cluster.value;
  const path = options['bmc'];
  const documents = typeof path === 'string' ? await context.readDocuments(path) : undefined;
  if (documents?.ok === false) return documents;
  const map = documents?.value[0]?.value;
  if (documents !== undefined && !isMap(map))
    return fail('input-bmc', `${String(path)}: a map from node to its BMC is wanted; see docs/power.md for its form.`);
  const hosts = await context.nodeAccess(api, {
    ownPods: options['hostPods'] === true,
    ...(ssh.value !== undefined && { ssh: ssh.value }),
  });
  const opened = livePorts({
    api,
    clock: context.clock,
    random: context.random,
    weRunOn: context.weRunOn,
    hostTools: hosts.hostTools,
    hostChanges: hosts.hostChanges,
    secondTools: hosts.secondTools,
    openBmc: context.openBmc,
    readYaml: context.readYaml,
    ...(isMap(map) && { bmcFile: { path: String(path), map } }),
    ...voice,
  });
  return ok({
    ports: opened.ports,
    bmcInCluster: opened.bmcInCluster,
    way: hosts.way,
    close: async () => {
      await hosts.close();
      await opened.close();
    },
  });
};
