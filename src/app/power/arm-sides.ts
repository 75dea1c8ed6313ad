/**
 * Finds the Arm side of a BlueField: by its own BMC where the node's entry names it under `arms`, else through the host, by
 * rshim. A BMC has to prove first that it belongs to this card: another Arm side must not be shut down for it.
 */
import type { RolloutPorts } from '../../controllers/rollout/rollout-ports.ts';
import type { ArmSide } from '../../core/ports/arm-side.ts';
import type { OpenedBmc } from '../../core/ports/open-bmc.ts';
import { armOfRshim } from '../../core/power/arm-words.ts';
import { fail, ok, type Result } from '../../core/result.ts';

/** The Arm side behind a BMC that bears the serial number of the card; it is asked before anything else is. */
export const provedArm = async (
  { bmc, arm }: OpenedBmc,
  card: string,
  serial: string | undefined,
): Promise<Result<ArmSide>> => {
  if (arm === undefined)
    return fail(
      'bmc-kind',
      `What is named under arms for ${card} is no BMC of a BlueField; give it a Redfish or IPMI address.`,
    );
  const identity = await bmc.identity();
  if (!identity.ok) return identity;
  const seen = identity.value.serial;
  if (seen === serial && seen !== undefined) return ok(arm);
  return fail(
    'bmc-other-machine',
    `${bmc.where} answers for another card: its serial number is ${seen ?? 'not told'}, and ${serial ?? 'none'} is named for ${card}; correct its address or serial under arms.`,
  );
};

type HostWays = Pick<RolloutPorts, 'hostTools' | 'hostChanges'>;

/** Through the host: rshim tells, and the firmware tool asks the card to shut its operating system down. */
export const armThroughHost = ({ hostTools, hostChanges }: HostWays, node: string, card: string): ArmSide => ({
  where: `rshim on ${node}`,
  needsHost: true,
  read: async (options) => {
    const changes = await hostChanges(node);
    if (!changes.ok) return changes;
    const shown = await changes.value.change({ do: 'show-arm-logs' }, options);
    if (!shown.ok) return shown;
    const tools = await hostTools(node);
    if (!tools.ok) return tools;
    const answer = await tools.value.ask({ ask: 'arm-logs' }, options);
    return answer.ok ? ok(armOfRshim(answer.value.output, card)) : answer;
  },
  shutDown: async (options) => {
    const changes = await hostChanges(node);
    if (!changes.ok) return changes;
    const answer = await changes.value.change({ do: 'shut-down-arm', pci: `${card}.0` }, options);
    if (!answer.ok) return answer;
    const { exitCode, output, command } = answer.value;
    if (exitCode === 0) return ok({ answer: 'accepted' });
    return ok({
      answer: 'refused',
      because: `"${command.join(' ')}" ended with ${exitCode}: ${output.trim().slice(0, 200)}`,
    });
  },
});
