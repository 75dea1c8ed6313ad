/** Takes standby power away for a while by the vendor's own action (vendors.ts); the BMC may go away with it. */
import { digText } from '../../core/model/dig.ts';
import type { PowerAnswer } from '../../core/ports/bmc.ts';
import type { Signal } from '../../core/ports/clock.ts';
import { ok, type Result } from '../../core/result.ts';
import { refusalText } from './redfish-error.ts';
import type { RedfishService } from './redfish-service.ts';
import { powerOf, type RedfishSystem } from './redfish-system.ts';

const refused = (because: string): Result<PowerAnswer> => ok({ answer: 'refused', because });

export const acCycle = async (
  service: RedfishService,
  system: RedfishSystem,
  signal?: Signal,
): Promise<Result<PowerAnswer>> => {
  const { path, body, vendor } = system;
  const cycle = vendor?.acCycle;
  if (cycle === undefined)
    return refused(`no AC cycle is known for ${vendor?.name ?? digText(body, 'Manufacturer') ?? 'this machine'}`);
  const power = powerOf(service, system);
  if (cycle.needsOff === true && (!power.ok || power.value !== 'off'))
    return refused(`${vendor?.name ?? 'it'} takes an AC cycle only while the host is off`);
  const chassis = digText(body, 'Links', 'Chassis', 0, '@odata.id') ?? '';
  if (chassis === '' && cycle.path.includes('{chassis}')) return refused('the system names no chassis to cycle');
  const target = cycle.path.replace('{system}', path).replace('{chassis}', chassis);
  const answer = await service.write({ method: 'POST', path: target, body: cycle.body }, signal);
  if (!answer.ok) return answer;
  return answer.value.status >= 400
    ? refused(`the BMC refuses an AC cycle: ${refusalText(answer.value)}`)
    : ok({ answer: 'accepted' });
};
